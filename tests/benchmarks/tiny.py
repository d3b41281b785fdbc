"""Instances small enough to check by hand, in the published formats, with solutions."""

import json
from typing import Any

CARE: dict[str, Any] = {
    "metadata": {
        "name": "tiny",
        "origin": "generated",
        "horizon": 600,
        "time_window_met": "at_service_start",
        "cost_components": {
            "travel_time": 1,
            "total_tardiness": 2,
            "highest_tardiness": 3,
            "total_waiting_time": 5,
            "total_extra_time": 7,
            "max_idle_time": 11,
            "caregiver_preferences": 13,
            "optional_patients": 100,
            "missed_lunch_break": 50,
        },
    },
    "distances": [[0, 10, 10], [10, 0, 10], [10, 10, 0]],
    "terminal_points": [{"id": "d", "distance_matrix_index": 0}],
    "caregivers": [
        {
            "id": who,
            "abilities": abilities,
            "departing_point": "d",
            "arrival_point": "d",
            "working_shift": {"start": 0, "end": 300},
            "lunch_break": lunch,
        }
        for who, abilities, lunch in [("c1", ["a", "b"], True), ("c2", ["b"], False)]
    ],
    "patients": [
        {
            "id": "p1",
            "distance_matrix_index": 1,
            "time_windows": [{"start": 0, "end": 90}, {"start": 200, "end": 250}],
            "required_services": [{"service": "a", "duration": 20}],
            "optional": True,
        },
        {
            "id": "p2",
            "distance_matrix_index": 2,
            "time_windows": [{"start": 100, "end": 180}],
            "required_services": [{"service": "a", "duration": 30}, {"service": "b", "duration": 40}],
            "synchronization": {"type": "sequential", "distance": {"min": 10, "max": 60}},
            "preferred_caregivers": ["c1"],
            "incompatible_caregivers": [],
        },
    ],
    "services": [{"id": "a", "type": "a"}, {"id": "b", "type": "b"}],
    "lunch_breaks": {"start": 90, "end": 150, "min_duration": 30},
}


# c1 leaves at 100 (just in time), is 10 minutes late at p1, waits 5, has lunch at p2; c2 waits nowhere.
STOPS = {
    "c1": [("p1", "a", 110, 130), ("p2", "lunch_break", 145, 175), ("p2", "a", 175, 205)],
    "c2": [("p2", "b", 190, 230)],
}


def care_text(stops: dict[str, list[tuple[str, str, int, int]]]) -> str:
    routes = [
        {
            "caregiver_id": who,
            "locations": [
                {"patient": patient, "service": service, "arrival_time": start, "departure_time": end}
                for patient, service, start, end in route
            ],
        }
        for who, route in stops.items()
    ]
    return json.dumps({"routes": routes})


def care(changes: dict[str, Any] | None = None) -> str:
    return json.dumps(CARE | (changes or {}))


OFFICE = json.dumps(
    {
        "patients": [
            {"id": "p1", "time_window": [10, 20], "required_caregivers": [{"service": "a", "duration": 5}]},
            {
                "id": "p2",
                "time_window": [10, 39.99999999999999],
                "required_caregivers": [{"service": "a", "duration": 5}, {"service": "b", "duration": 7}],
                "synchronization": {"type": "simultaneous"},
            },
        ],
        "services": [],
        "caregivers": [{"id": "c1", "abilities": ["a"]}, {"id": "c2", "abilities": ["b"]}],
        "central_offices": [{"id": "d"}],
        "distances": [[0, 26.0, 4], [25, 0, 10], [5, 10, 0]],
    }
)


def visits(second_start: float) -> str:
    return json.dumps(
        {
            "routes": [
                {
                    "caregiver_id": "c1",
                    "locations": [
                        {"patient": "p1", "service": "a", "arrival_time": 26, "departure_time": 31},
                        {"patient": "p2", "service": "a", "arrival_time": 42, "departure_time": 47},
                    ],
                },
                {
                    "caregiver_id": "c2",
                    "locations": [
                        {
                            "patient_id": "p2",
                            "service_id": "b",
                            "arrival_time": second_start,
                            "departure_time": second_start + 7,
                        }
                    ],
                },
            ]
        }
    )


LINE = """Tiny

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2           2       1       1

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    5     0     0      100    0      [] 	[] 	[]
1    0     0     0      100    0      [0] 	[] 	[1]
2    20    0     0      100    0      [0,1] 	[0] 	[9]
3    10    0     30     40     5      [0] 	[] 	[1]
4    12    0     50     60     5      [0] 	[0] 	[1]
5    18    0     0      10     5      [1] 	[0] 	[0]"""


SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0         10          0
    1      1          1          6          0         10          1
    2      2          2          4          0         10          1
"""


ROUTED = "Route #1: 1 2\nCost 5.6\n"


def vrplib(kind: str, fields: str, sections: str) -> str:
    return f"""NAME: tiny
TYPE: {kind}
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
{fields}
NODE_COORD_SECTION
1 0 0
2 9 0
3 1 1
4 8 0
DEMAND_SECTION
1 0
2 0
3 1
4 1
TIME_WINDOW_SECTION
1 0 100
2 0 100
3 0 100
4 50 60
{sections}
EOF
"""


def two_depots(limit: int) -> str:
    return vrplib(
        "MDVRPTW",
        f"VEHICLES: 2\nCAPACITY: 1\nVEHICLES_MAX_DURATION: {limit}\nSERVICE_TIME: 5",
        "VEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEPOT_SECTION\n1\n2\n-1",
    )
