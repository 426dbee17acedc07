"""Proofs for x02_ml_systems: what students write by mistake, and what they may write instead."""

# ruff: noqa

from autograder.proofs import right, wrong


@wrong("places_prediction", "leaves the example as it stands")
def _():
    prediction = {"km": ..., "more_joules": ..., "gzip_10": ..., "gzip_1000": ...}


wrong("places_prediction", "leaves the fast link out", {', "gzip_1000": False': ""})

wrong("places_prediction", "answers in other words", {"True": '"yes"', "False": '"no"'})

wrong("places_prediction", "predicts a distance below zero", {"2000": "-2000"})

wrong("places_prediction", "names the energy in a sentence", {'"sending"': '"the radio"'})


@right("places_prediction", "is wrong about everything, and complete")
def _():
    prediction = dict.fromkeys(("gzip_10", "gzip_1000"), False)
    prediction.update(more_joules="computing", km=0)


wrong("request_parts", "takes bytes for bits", {"8_000 *": "1_000 *"})

wrong("request_parts", "takes a kB for 1,024 bytes", {"8_000 *": "8_192 *"})

wrong("request_parts", "takes a million for 2 to the twentieth", {"1e6": "2**20"})

wrong("request_parts", "lets the light go one way", {"2 * km": "km"})

wrong("request_parts", "passes each hop once", {"2 * hops": "hops"})

wrong("request_parts", "forgets that the answer travels", {"(up_kb + down_kb)": "up_kb"})

wrong("request_parts", "sends the picture back", {"(up_kb + down_kb)": "(2 * up_kb)"})

wrong(
    "request_parts",
    "draws a straight line through empty space",
    {"2 * km * S_PER_KM": "2 * km / 299_792"},
)


@wrong("request_parts", "answers in milliseconds")
def _():
    S_PER_KM, HOP_S = fibre_s(1000.0, detour=2.1), 0.0005

    def request_parts(up_kb, down_kb, mbps, km, hops, compute_s):
        return {
            "compute": 1e3 * compute_s,
            "transfer": 8 * (up_kb + down_kb) / mbps,
            "light": 2e3 * km * S_PER_KM,
            "hops": 2e3 * hops * HOP_S,
        }


@right("request_parts", "with the functions of the package")
def _():
    S_PER_KM, HOP_S = fibre_s(1000.0, detour=2.1), 0.0005

    def request_parts(up_kb, down_kb, mbps, km, hops, compute_s):
        from perfsim.network import transfer_s

        moved = [transfer_s(1000 * kb, 1e6 * mbps) for kb in (up_kb, down_kb)]
        light = fibre_s(2000 * km, 2.1)
        return dict(zip(PARTS, (compute_s, sum(moved), light, hops * (HOP_S + HOP_S))))


wrong(
    "break_even",
    "lets the light go one way",
    {"return left_s / (2 * S_PER_KM)": "return left_s / S_PER_KM"},
)

wrong(
    "break_even",
    "hides a negative distance behind a zero",
    {"return left_s / (2 * S_PER_KM)": "return max(0.0, left_s / (2 * S_PER_KM))"},
)

wrong("break_even", "forgets the hops", {"mbps, 0, hops, compute_s": "mbps, 0, 0, compute_s"})

wrong(
    "break_even",
    "forgets that the cloud computes too",
    {"mbps, 0, hops, compute_s": "mbps, 0, hops, 0"},
)

wrong("break_even", "takes bits for bytes", {"* 1e6 / 8_000": "* 1e6 / 1_000"})

wrong(
    "break_even",
    "forgets that the answer takes its part of the link",
    {"request_parts(0, down_kb, mbps, km": "request_parts(0, 0, mbps, km"},
)

wrong(
    "break_even",
    "forgets the distance where it asks for the picture",
    {"request_parts(0, down_kb, mbps, km": "request_parts(0, down_kb, mbps, 0"},
)

wrong(
    "break_even",
    "hides a negative picture behind a zero",
    {"return left_s * mbps * 1e6 / 8_000": "return max(0.0, left_s * mbps * 1e6 / 8_000)"},
)


@wrong("break_even", "tries whole kilometres up to half of the earth")
def _():
    def break_even_km(local_s, up_kb, down_kb, mbps, hops, compute_s):
        km = 0
        while km < 20_000:
            if sum(request_parts(up_kb, down_kb, mbps, km, hops, compute_s).values()) > local_s:
                break
            km += 1
        return km

    def break_even_kb(local_s, down_kb, mbps, km, hops, compute_s):
        left_s = local_s - compute_s - 2 * (km * S_PER_KM + hops * HOP_S)
        return left_s * 125 * mbps - down_kb


@right("break_even", "everything in one line each")
def _():
    def break_even_km(local_s, up_kb, down_kb, mbps, hops, compute_s):
        return (
            (local_s - compute_s - (up_kb + down_kb) / (125 * mbps)) / 2 - hops * HOP_S
        ) / S_PER_KM

    def break_even_kb(local_s, down_kb, mbps, km, hops, compute_s):
        return (local_s - compute_s - 2 * (km * S_PER_KM + hops * HOP_S)) * mbps * 125 - down_kb


@right("break_even", "the slope between two distances")
def _():
    def total(*arguments):
        return sum(request_parts(*arguments).values())

    def break_even_km(local_s, up_kb, down_kb, mbps, hops, compute_s):
        here = total(up_kb, down_kb, mbps, 0, hops, compute_s)
        there = total(up_kb, down_kb, mbps, 1000, hops, compute_s)
        return 1000 * (local_s - here) / (there - here)

    def break_even_kb(local_s, down_kb, mbps, km, hops, compute_s):
        left_s = local_s - total(0, down_kb, mbps, km, hops, compute_s)
        kb_per_s = mbps * 1_000_000 / 8 / 1000
        return left_s * kb_per_s


wrong(
    "battery_hours",
    "forgets what waiting takes",
    {"(idle_w + requests_per_h * added_j / 3600)": "(requests_per_h * added_j / 3600 + 1e-9)"},
)

wrong(
    "battery_hours",
    "counts the idle power twice while it computes",
    {"(busy_w - idle_w) * compute_s": "busy_w * compute_s"},
)

wrong(
    "battery_hours",
    "takes what the cloud computes from this battery",
    {"else sending_j": "else computing_j + sending_j"},
)

wrong(
    "battery_hours",
    "takes what the edge computes from this battery",
    {'place == "device"': 'place != "cloud"'},
)

wrong(
    "battery_hours",
    "sends from the device too",
    {"added_j = computing_j": "added_j = computing_j + sending_j"},
)

wrong("battery_hours", "takes a kB for a MB", {"moved_kb / 1000": "moved_kb"})

wrong("battery_hours", "takes joules in an hour for watts", {" / 3600)": ")"})

wrong("battery_hours", "takes a MB for 1,024 kB", {"moved_kb / 1000": "moved_kb / 1024"})


@right("battery_hours", "the shares of an hour")
def _():
    def battery_hours(
        place,
        requests_per_h,
        compute_s,
        moved_kb,
        j_per_mb,
        battery_wh=100.0,
        idle_w=3.3,
        busy_w=9.8,
    ):
        if place == "device":
            share = requests_per_h * compute_s / 3600
            watts = share * busy_w + (1 - share) * idle_w
        else:
            joules_an_hour = 3600 * idle_w + requests_per_h * moved_kb * 1e-3 * j_per_mb
            watts = joules_an_hour / 3600
        return battery_wh / watts


@wrong("place_plan", "the most accurate network, in time in the mean")
def _():
    plan = {"place": "edge", "network": "efficientnet_b4", "dtype": "fp32"}


@wrong("place_plan", "the most accurate network in the cloud")
def _():
    plan = {"place": "cloud", "network": "efficientnet_b4", "dtype": "fp32"}


@wrong("place_plan", "a cloud that is in time while nothing is perturbed")
def _():
    plan = {"place": "cloud", "network": "vit_b16", "dtype": "fp32"}


@wrong("place_plan", "the safe plan, less accurate than it has to be")
def _():
    plan = {"place": "device", "network": "efficientnet_b0", "dtype": "fp32"}


@wrong("place_plan", "computes in the camera what takes too long there")
def _():
    plan = {"place": "device", "network": "vit_b16", "dtype": "fp32"}


@wrong("place_plan", "a type for which no accuracy is published")
def _():
    plan = {"place": "edge", "network": "vit_b16", "dtype": "int8"}


@right("place_plan", "written down after trying")
def _():
    plan = {"dtype": "fp32", "place": "edge", "network": "vit_b16"}


@right("place_plan", "the best of what holds at all corners")
def _():
    found = []
    for network, accuracy in PUBLISHED.items():
        for dtype, percent in accuracy.items():
            for place in PLACES:
                tried = {"place": place, "network": network, "dtype": dtype}
                corners = [
                    outcome(tried, link, distance, power, seed)
                    for link in (0.75, 1.25)
                    for distance in (0.75, 1.25)
                    for power in (0.9, 1.1)
                    for seed in (1, 2)
                ]
                if all(late <= 0.1 and hours >= 24 for late, hours in corners):
                    found.append((percent, network, dtype, place))
    _, network, dtype, place = max(found)
    plan = {"place": place, "network": network, "dtype": dtype}


wrong("packing_limit", "counts the bytes that are left", {"(raw_kb - packed_kb)": "packed_kb"})

wrong("packing_limit", "takes bytes for bits", {"8_000": "1_000"})

wrong("packing_limit", "takes a kB for 1,024 bytes", {"8_000": "8_192"})

wrong(
    "packing_limit",
    "answers with a speed below zero",
    {"return 0.0": "return 8_000 * (raw_kb - packed_kb) / max(packing_s, 1e-9) / 1e6"},
)

wrong("packing_limit", "divides by no time at all", {" if packing_s else inf": ""})


@wrong("packing_limit", "asks for the time first")
def _():
    def packing_limit(raw_kb, packed_kb, packing_s):
        if packing_s == 0:
            return inf
        return max(0.0, 8_000 * (raw_kb - packed_kb) / packing_s / 1e6)


@right("packing_limit", "the bits of a millisecond")
def _():
    def packing_limit(raw_kb, packed_kb, packing_s):
        saved_kbit = 8 * max(0, raw_kb - packed_kb)
        if saved_kbit and not packing_s:
            return float("inf")
        return saved_kbit / (1000 * packing_s) if saved_kbit else 0


wrong(
    "wire_gap",
    "fits the seconds, and not their ratios",
    {
        "[1 / t, n / t]": "[np.ones(len(t)), n]",
        "np.ones(len(t)), rcond": "t, rcond",
    },
    cell="fit_line-solution",
)

wrong(
    "wire_gap",
    "returns the seconds of a byte first",
    {"return float(dispatch_s), float(per_byte_s)": "return float(per_byte_s), float(dispatch_s)"},
    cell="fit_line-solution",
)


@wrong("wire_gap", "draws the line through the first and the last point", cell="fit_line-solution")
def _():
    def fit_line(sizes, seconds):
        per_byte_s = (seconds[-1] - seconds[0]) / (sizes[-1] - sizes[0])
        return seconds[0] - per_byte_s * sizes[0], per_byte_s


@wrong("wire_gap", "takes the shortest request for the dispatch", cell="fit_line-solution")
def _():
    def fit_line(sizes, seconds):
        dispatch_s = min(seconds)
        n, t = np.array(sizes), np.array(seconds)
        return dispatch_s, float(n @ (t - dispatch_s) / (n @ n))


wrong(
    "wire_gap",
    "divides measured by predicted",
    {
        'sum(terms.values()) / row["measured_s"]': 'row["measured_s"] / sum(terms.values())',
    },
)

wrong(
    "wire_gap",
    "lets the longest term hide the others",
    {"sum(terms.values())": "max(terms.values())"},
)

wrong(
    "wire_gap",
    "takes the share of the whole request",
    {'terms["dispatch"] + terms["bytes"]': "sum(terms.values()) + 0.0"},
)

wrong(
    "wire_gap",
    "takes the share of the measured time",
    {'terms["dispatch"] / wire_s': 'terms["dispatch"] / row["measured_s"]'},
)

wrong(
    "wire_gap",
    "takes the last of two equal terms",
    {"max(TERMS, key": "max(reversed(TERMS), key"},
)

wrong(
    "wire_gap",
    "takes the measured time for a term",
    {"max(TERMS, key=lambda term: terms[term])": "max(row, key=row.get).removesuffix('_s')"},
)


@right("wire_gap", "a fit with weights", cell="fit_line-solution")
def _():
    def fit_line(sizes, seconds):
        per_byte_s, dispatch_s = np.polyfit(sizes, seconds, 1, w=1 / np.array(seconds))
        return dispatch_s, per_byte_s


@right("wire_gap", "two equations with two unknowns", cell="fit_line-solution")
def _():
    def fit_line(sizes, seconds):
        one = [1 / t for t in seconds]
        size = [n / t for n, t in zip(sizes, seconds)]
        aa, ab, bb = (np.dot(x, y) for x, y in ((one, one), (one, size), (size, size)))
        dispatch_s = (sum(one) * bb - sum(size) * ab) / (aa * bb - ab * ab)
        return dispatch_s, (sum(size) - ab * dispatch_s) / bb


@right("wire_gap", "a comparison of the three terms")
def _():
    TERMS = ("packing", "dispatch", "bytes")

    def gap(row):
        packing, dispatch, moving = row["packing_s"], row["dispatch_s"], row["bytes_s"]
        largest = max(packing, dispatch, moving)
        dominant = "packing" if packing == largest else "bytes"
        if packing < largest == dispatch:
            dominant = "dispatch"
        ratio = (packing + dispatch + moving) / row["measured_s"]
        return ratio, dominant, 1 - moving / (dispatch + moving)
