"""The whole program without a screen: domain, store, services, exchange and printing. Never imports Qt."""
