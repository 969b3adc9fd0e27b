"""Telling people what is wrong with devices: e-mail and webhook, once when it begins and once when it is over."""
