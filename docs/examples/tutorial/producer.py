#!/usr/bin/env python
import json
import os

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ['AMQP_URL']))
channel = connection.channel()
channel.queue_declare(queue='orders')

order = {'customer_name': 'Helgi Möller', 'products_ids': [2, 4, 42]}
channel.basic_publish(exchange='', routing_key='orders', body=json.dumps(order))
print(" [x] Sent the order of %s" % order['customer_name'])
connection.close()
