"""procrastinate 3: jobs deferred in the order's transaction. Jobs of a worker that is gone are tried again, as its
documentation advises ("Retry stalled jobs"), once a worker has sent no heartbeat for 30 seconds, its default."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from peershop.effects import STEPS, effect


@app.task(queue="steps")
def run(order_id: int, name: str) -> None:
    effect(order_id, name)


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


def enqueue(order_id: int) -> None:
    run.batch_defer(*({"order_id": order_id, "name": name} for name in STEPS))


CLEAR = "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE"
