"""What people see: pure functions from facts to Block Kit. No database, no clock, no network in here."""
