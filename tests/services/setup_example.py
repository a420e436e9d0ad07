"""The set-up file of the manual."""

SETUP = """
timezone = "Europe/Berlin"
currency = "EUR"
controllers = ["U05KIM"]                 # stock control: plans, imports, no limit, last stop of every escalation

[[team]]
name = "Fleet Parts"
channel = "C01PARTS"
review_channel = "C01REVIEW"
locations = ["A-", "B-"]                 # bin prefixes this team counts
counters = ["U01ANA", "U02DAN"]
approvers = [{ slack_id = "U03BEN", limit = 500 }, { slack_id = "U04EVA" }]   # no limit = any value

[[plan]]
name = "Daily parts"
team = "Fleet Parts"
schedule = "daily 07:00"
select = "due"
lines = 12
due_in = "4h"
tolerance = { percent = 2, value = 25 }
"""
