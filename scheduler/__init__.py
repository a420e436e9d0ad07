"""When things happen: the clock that starts due plans and expires lines. It only writes rows; `bot` sends them.

`jobs.tick` is one look at the clock and everything that follows from it; `clock` calls it every second;
`python -m scheduler` is that clock as a process of its own. Any number of them may run on one database.
"""
