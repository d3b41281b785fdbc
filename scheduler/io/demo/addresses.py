"""Addresses in and around Kyiv, with their coordinates to about a block."""

from typing import NamedTuple


class Address(NamedTuple):
    street: str
    latitude: float
    longitude: float
    territory: str


ADDRESSES = (
    Address("vul. Khreshchatyk 22, Kyiv", 50.4480, 30.5220, "centre"),
    Address("vul. Volodymyrska 57, Kyiv", 50.4444, 30.5137, "centre"),
    Address("vul. Saksahanskoho 61, Kyiv", 50.4370, 30.5060, "centre"),
    Address("vul. Velyka Vasylkivska 72, Kyiv", 50.4310, 30.5160, "centre"),
    Address("vul. Antonovycha 50, Kyiv", 50.4290, 30.5130, "centre"),
    Address("bulv. Lesi Ukrainky 26, Kyiv", 50.4265, 30.5385, "centre"),
    Address("vul. Mykhaila Hrushevskoho 9, Kyiv", 50.4480, 30.5350, "centre"),
    Address("vul. Sichovykh Striltsiv 37, Kyiv", 50.4560, 30.4990, "centre"),
    Address("vul. Yaroslaviv Val 14, Kyiv", 50.4500, 30.5130, "centre"),
    Address("vul. Kniaziv Ostrozkykh 8, Kyiv", 50.4340, 30.5530, "centre"),
    Address("vul. Verkhnii Val 30, Kyiv", 50.4645, 30.5130, "centre"),
    Address("Kontraktova pl. 4, Kyiv", 50.4657, 30.5160, "centre"),
    Address("vul. Kyrylivska 60, Kyiv", 50.4780, 30.4870, "north"),
    Address("prosp. Obolonskyi 16, Kyiv", 50.5055, 30.4985, "north"),
    Address("prosp. Volodymyra Ivasiuka 12, Kyiv", 50.5150, 30.5120, "north"),
    Address("vul. Levka Lukianenka 21, Kyiv", 50.5170, 30.4960, "north"),
    Address("vul. Vyshhorodska 45, Kyiv", 50.4970, 30.4510, "north"),
    Address("vul. Olzhycha 5, Kyiv", 50.4750, 30.4520, "north"),
    Address("vul. Dehtiarivska 21, Kyiv", 50.4620, 30.4600, "west"),
    Address("prosp. Beresteiskyi 37, Kyiv", 50.4489, 30.4570, "west"),
    Address("vul. Shcherbakivskoho 52, Kyiv", 50.4640, 30.4030, "west"),
    Address("bulv. Akademika Vernadskoho 36, Kyiv", 50.4640, 30.3560, "west"),
    Address("prosp. Lesia Kurbasa 8, Kyiv", 50.4360, 30.3830, "west"),
    Address("vul. Symyrenka 20, Kyiv", 50.4230, 30.3930, "west"),
    Address("vul. Solomianska 17, Kyiv", 50.4290, 30.4790, "west"),
    Address("prosp. Povitrianykh Syl 40, Kyiv", 50.4330, 30.4700, "west"),
    Address("bulv. Chokolivskyi 12, Kyiv", 50.4360, 30.4480, "west"),
    Address("vul. Sviatoshynska 27, Vyshneve", 50.3890, 30.3700, "west"),
    Address("vul. Soborna 105, Irpin", 50.5200, 30.2500, "west"),
    Address("vul. Vasylkivska 30, Kyiv", 50.3960, 30.5040, "south"),
    Address("prosp. Holosiivskyi 94, Kyiv", 50.3930, 30.5000, "south"),
    Address("prosp. Akademika Hlushkova 9, Kyiv", 50.3790, 30.4700, "south"),
    Address("vul. Teremkivska 4, Kyiv", 50.3680, 30.4540, "south"),
    Address("prosp. Nauky 42, Kyiv", 50.3870, 30.5330, "south"),
    Address("bulv. Mykoly Mikhnovskoho 8, Kyiv", 50.4160, 30.5330, "south"),
    Address("prosp. Brovarskyi 17, Kyiv", 50.4520, 30.6000, "east"),
    Address("vul. Entuziastiv 29, Kyiv", 50.4370, 30.5980, "east"),
    Address("Rusanivska nab. 10, Kyiv", 50.4420, 30.5930, "east"),
    Address("bulv. Darnytskyi 8, Kyiv", 50.4560, 30.6130, "east"),
    Address("vul. Zakrevskoho 61, Kyiv", 50.5130, 30.6080, "east"),
    Address("vul. Myloslavska 31, Kyiv", 50.5250, 30.6130, "east"),
    Address("Kharkivske shose 56, Kyiv", 50.4330, 30.6470, "east"),
    Address("prosp. Mykoly Bazhana 26, Kyiv", 50.4000, 30.6410, "east"),
    Address("prosp. Petra Hryhorenka 22, Kyiv", 50.4060, 30.6310, "east"),
    Address("Dniprovska nab. 14, Kyiv", 50.4010, 30.6080, "east"),
    Address("vul. Kyivska 239, Brovary", 50.5110, 30.7900, "east"),
)
OFFICE = Address("vul. Antonovycha 172, Kyiv", 50.4135, 30.5265, "centre")
