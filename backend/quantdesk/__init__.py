"""QuantDesk: a self-hosted personal quant platform for Chinese markets."""

__version__ = "0.1.0"
