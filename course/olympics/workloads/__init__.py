"""The workloads, one module for each event; each has the names of `olympics.workload.Workload`.

Reading order: framework_sprint; featherweight_program (what is sent to where an entry runs),
featherweight; bench_and_board_program, bench_and_board.
"""
