"""The outbox: messages written in the operation's transaction and delivered after its commit."""
