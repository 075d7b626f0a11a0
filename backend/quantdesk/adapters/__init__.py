"""One implementation a module: adapters/<port>/<kind>.py. Only bootstrap imports them."""
