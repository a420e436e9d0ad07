"""How people meet the product: Slack listeners and views, delivery, the command line, and the local workspace."""
