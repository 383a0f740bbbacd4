#!/bin/sh
# Sends an order to the desk and shows its answer. AMQP_URL says where RabbitMQ is; needs amqp-tools.
# ANSWERS names the queue for it, which must be there; without one it makes its own, for which it needs the right.
# amqp-publish knows no message_id and no confirms. For a try that is enough; from a shell, orders that count
# are better sent by curl, with an Idempotency-Key: docs/api.md.
set -eu
if [ -z "${ANSWERS:-}" ]; then
    ANSWERS=$(amqp-declare-queue --url="$AMQP_URL" --durable --queue="shop.answers.$$")
    trap 'amqp-delete-queue --url="$AMQP_URL" --queue="$ANSWERS" > /dev/null' EXIT
fi
amqp-publish --url="$AMQP_URL" --exchange=orders.intake --routing-key=orders.intake \
    --content-type=application/json --persistent --reply-to="$ANSWERS" \
    --body='{"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}'
timeout 30 amqp-consume --url="$AMQP_URL" --queue="$ANSWERS" --count=1 -- sh -c 'cat; echo'
