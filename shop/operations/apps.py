from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "shop.operations"

    def ready(self) -> None:
        from shop.operations import traces

        traces.install()
