"""send.py [durable] [persistent] [confirm] [short] [quorum] TEXT…: sends each TEXT to a queue of your own."""

import os
import sys

import pika

flags = {"durable", "persistent", "confirm", "short", "quorum"} & set(sys.argv)
arguments = {"x-max-length": 1, "x-overflow": "reject-publish"} if "short" in flags else {}
arguments |= {"x-queue-type": "quorum"} if "quorum" in flags else {}
connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.queue_declare("learn.hello", durable="durable" in flags, arguments=arguments)
if "confirm" in flags:
    channel.confirm_delivery()  # From here on basic_publish waits for the broker's word.
properties = pika.BasicProperties(delivery_mode=2 if "persistent" in flags else 1)
for text in [text for text in sys.argv[1:] if text not in flags]:
    try:
        channel.basic_publish("", "learn.hello", text.encode(), properties)
        print(" [x] Sent", text)
    except pika.exceptions.NackError:
        print(" [!] The broker did not take", text)
connection.close()
