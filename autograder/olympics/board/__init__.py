"""The public board: a folder of pages without script, feeds for other boards, and badges.

All of it is made from the ledger and the table of teams, and made again it has the same bytes.
Reading order:

    names           what the public may know of a team, and what is taken out of texts
    figures         scores and counts as a person reads them, with their units
    drawings        intervals, trends and the Pareto plot as inline SVG
    season          one season as the pages need it: rankings, medals, records
    feed            feed/v1/*.json, which other boards can read
    foreign_feed    the feed of another university becomes rows, or a sentence says why not
    badges          an SVG for each team and event
    receipts        the judge's signed word on each ranked run, with the public team
    head            how far the ledger had come, so that the next board misses nothing
    closing         the entries of a closed season, anonymous first
    shell           what every page has: the way to the others, and how a row is shown
    event_page      an event: its categories with rank, interval, trend, records and plot
    entry_page      an entry: its runs with what the judge's log says
    pages           the season, medals, personal bests, the shelf, feeds, published entries
    publish         a folder becomes the board; what an earlier one left there goes
"""
