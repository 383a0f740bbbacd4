#!/usr/bin/env python
import json
import os

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ['AMQP_URL']))
channel = connection.channel()
channel.queue_declare(queue='orders')


def callback(ch, method, properties, body):
    order = json.loads(body)
    print(" [x] Received the order of %s, products %r" % (order['customer_name'], order['products_ids']))


channel.basic_consume(queue='orders', on_message_callback=callback, auto_ack=True)
print(' [*] Waiting for orders. To exit press CTRL+C')
channel.start_consuming()
