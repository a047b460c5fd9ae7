"""Kith without a window: the client, the service and the command line."""
