"""What else one could do with the same rows, the same web server and the same broker, without this desk's code."""
