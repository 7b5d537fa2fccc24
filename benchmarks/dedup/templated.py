"""Made-up bulletins that come out of one template each: the same words, other numbers.

Two bulletins of a kind tell of different events. Nobody would call one a
duplicate of the other.
"""

from collections.abc import Callable
from random import Random

PLACES = (
    "Whangārei Hamilton Tauranga Rotorua Taupō Gisborne Napier Hastings Whanganui Levin Nelson "
    "Blenheim Kaikōura Greymouth Ashburton Timaru Oamaru Dunedin Gore Invercargill"
).split()
WEATHER = "fine", "cloudy", "a shower or two", "drizzle", "rain easing", "gusty southerlies"
DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"


def lottery(random: Random) -> str:
    balls = random.sample(range(1, 41), 7)
    first, second = random.sample(PLACES, 2)
    return (
        f"{random.choice((2, 3, 4))} players share the weekend's first division. Each ticket is "
        f"worth {random.randint(200, 900)} thousand dollars. They were bought in {first} and "
        f"{second}. The numbers of draw {random.randint(1800, 2600)} were "
        f"{', '.join(map(str, balls[:6]))}, the bonus ball was {balls[6]} and the power ball "
        f"{random.randint(1, 10)}. Strike was {', '.join(map(str, balls[2:6]))}. Nobody guessed "
        f"all four in order, so that {random.randint(1, 9)} hundred thousand dollars are carried "
        f"over to the next draw. Anyone who bought a ticket in either town should sign it and "
        f"check it in a shop, on the website or with the app as soon as they can."
    )


def weather(random: Random) -> str:
    lines = [
        f"{place}: {random.choice(WEATHER)}, with a high of {random.randint(8, 29)} and an "
        f"overnight low of {random.randint(-2, 15)} degrees."
        for place in random.sample(PLACES, 12)
    ]
    return f"Here is what {random.choice(DAYS)} holds for the main centres. " + " ".join(lines)


def markets(random: Random) -> str:
    def points() -> str:
        return f"{random.randint(5, 260)} points, or {random.randint(1, 250) / 100} percent"

    moved = random.choice(("rose", "fell"))
    return (
        f"The local sharemarket {moved} {points()}, to {random.randint(10000, 13900)}. Turnover "
        f"was {random.randint(60, 210)} million dollars. Gainers outnumbered losers by "
        f"{random.randint(50, 80)} to {random.randint(20, 49)}. Across the Tasman the index of "
        f"the two hundred largest companies was {points()} away from its last close. On the "
        f"currency markets the dollar was buying {random.randint(5500, 6900) / 100} US cents, "
        f"{random.randint(8800, 9500) / 100} Australian cents, {random.randint(4300, 5100) / 100} "
        f"pence and {random.randint(80, 99)}.{random.randint(10, 99)} yen at five o'clock. Gold "
        f"stood at {random.randint(1700, 4100)} US dollars an ounce, and a barrel of oil cost "
        f"{random.randint(58, 96)} dollars and {random.randint(10, 99)} cents."
    )


def earthquake(random: Random) -> str:
    return (
        f"An earthquake of magnitude {random.randint(30, 64) / 10} has shaken the region around "
        f"{random.choice(PLACES)}. It struck at {random.randint(1, 12)}.{random.randint(10, 59)} "
        f"in the {random.choice(('morning', 'afternoon'))}, {random.randint(5, 60)} kilometres "
        f"{random.choice(('north', 'south', 'east', 'west'))} of the town and at a depth of "
        f"{random.randint(4, 120)} kilometres. More than {random.randint(2, 90)} hundred people "
        f"have told the monitoring agency that they felt it. There are no reports of damage or of "
        f"anyone hurt, and the civil defence agency says that there is no danger of a tsunami."
    )


def road_toll(random: Random) -> str:
    return (
        f"The holiday road toll stands at {random.randint(1, 9)}. Another person has died after "
        f"a crash near {random.choice(PLACES)} on {random.choice(DAYS)}. Police were called to a "
        f"stretch of State Highway {random.randint(1, 94)} at about {random.randint(1, 12)} "
        f"o'clock, where two vehicles had met head on. One driver died at the scene and another "
        f"was flown to hospital in a serious condition. The road was closed for several hours "
        f"while the serious crash unit looked at the scene, and drivers were asked to take another "
        f"way. The official holiday period ends at six in the morning on the first working day. "
        f"Last year {random.randint(5, 24)} people died on the roads in the same time. Police ask "
        f"drivers to slow down, to wear a belt, to leave the phone alone and to rest often."
    )


def fuel(random: Random) -> str:
    return (
        f"The fuel companies have moved their prices again. A litre of ninety-one now costs "
        f"{random.randint(220, 320)} cents, one of ninety-five {random.randint(240, 340)} cents "
        f"and one of diesel {random.randint(160, 260)} cents at most pumps. That is a change of "
        f"{random.randint(2, 14)} cents within {random.randint(2, 20)} days. The motorists' "
        f"association says that the dollar and the price of crude oil, which stands at "
        f"{random.randint(58, 110)} US dollars a barrel, are behind it. It tells drivers to look "
        f"around before they fill up, since prices between two stations in one town can differ by "
        f"{random.randint(10, 40)} cents."
    )


KINDS: tuple[Callable[[Random], str], ...] = (
    lottery,
    weather,
    markets,
    earthquake,
    road_toll,
    fuel,
)
