"""Helpers of the local protocol's client."""
