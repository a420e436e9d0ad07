"""What a count is: the tables, the pure rules and the services (use cases) that keep stock records true.

Nothing in here knows Slack or the clock. `bot` and `scheduler` call the services with a session, plain values and
`now`; the services call the rules; the rules know only values.
"""
