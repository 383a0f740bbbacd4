"""The first start (`bin/quickstart`): a whole desk on one machine, with stand-ins for SAP and marketing."""
