"""Hải Đăng, the maritime hotline of a port authority."""

__version__ = "0.1.0"
