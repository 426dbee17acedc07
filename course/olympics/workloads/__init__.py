"""The workloads, one module for each event; each has the names of `olympics.workload.Workload`.

Reading order: framework_sprint, featherweight, bench_and_board.
"""
