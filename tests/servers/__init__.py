"""Private servers on 127.0.0.1 and free ports, with data in a temporary folder, and a browser that asks nobody else."""
