#!/bin/sh
# Shows what becomes of the orders, from now on. AMQP_URL says where RabbitMQ is; needs amqp-tools.
# Its queue ends with it: what happens while it does not run, it does not see. Repeats are shown, too.
exec amqp-consume --url="$AMQP_URL" --exclusive --queue="stock.shell.$$" \
    --exchange=orders.events --routing-key='order.*' -- sh -c 'cat; echo'
