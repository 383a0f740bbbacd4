"""receive.py [slow] [forget]: takes one message at a time from the queue that send.py made, and acknowledges it."""

import os
import sys
import time

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()


def callback(ch, method, properties, body):
    print(" [x] Received", body.decode() + (" again" if method.redelivered else ""))
    if "slow" in sys.argv:
        time.sleep(30)  # The work.
    if "forget" not in sys.argv:
        ch.basic_ack(method.delivery_tag)
        print(" [x] Done")


channel.basic_qos(prefetch_count=0 if "forget" in sys.argv else 1)
channel.basic_consume("learn.hello", callback)
print(" [*] Waiting. To exit press CTRL+C")
channel.start_consuming()
