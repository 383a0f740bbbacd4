#!/bin/sh
# Sends an order to the desk and shows its answer. AMQP_URL says where RabbitMQ is; needs amqp-tools.
# amqp-publish knows no message_id and no confirms. For a try that is enough; from a shell, orders that count
# are better sent by curl, with an Idempotency-Key: docs/api.md.
set -eu
answers=$(amqp-declare-queue --url="$AMQP_URL" --durable --queue="shop.answers.$$")
trap 'amqp-delete-queue --url="$AMQP_URL" --queue="$answers" > /dev/null' EXIT
amqp-publish --url="$AMQP_URL" --exchange=orders.intake --routing-key=orders.intake \
    --content-type=application/json --persistent --reply-to="$answers" \
    --body='{"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}'
timeout 30 amqp-consume --url="$AMQP_URL" --queue="$answers" --count=1 -- sh -c 'cat; echo'
