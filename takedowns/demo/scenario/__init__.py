"""A referral action day as files: invented, harmless, and the same on every machine.

    scenario = build()
    scenario.write(folder)          # the lists officers hand in, as CSV files
    scenario.answers, .checks       # what is then done with them, batch by batch in the order of time
    scenario.expected               # what the board must show in the end

Two operations: `RAD19`, the action day of 21 and 22 November 2019, and `RAD19-F`, the standing work of the weeks after,
when the outlets turn up on TamTam, Matrix, Hoop and Rocket.Chat. Plain Python without Django or any other library.
"""

from takedowns.demo.scenario.day import Scenario, build

__all__ = ["Scenario", "build"]
