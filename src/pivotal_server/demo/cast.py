"""Who appears in the demo workspace. Nobody of them exists, and neither do their domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pivotal_server.identity.models import Role

COMPANY = "Northwind Loyalty"
DOMAIN = "northwind.example"


class Teammate(NamedTuple):
    """Somebody at the company that uses Pivotal."""

    key: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        """The work e-mail."""
        return f"{self.key}@{DOMAIN}"


TEAM = (
    Teammate("maya", "Maya Lindqvist", "owner"),
    Teammate("tomas", "Tomás Ferreira", "admin"),
    Teammate("priya", "Priya Raman", "member"),
    Teammate("jonas", "Jonas Weber", "member"),
    Teammate("aisha", "Aisha Okafor", "member"),
    Teammate("noor", "Noor Bakkali", "member"),
    Teammate("leo", "Leo Marchetti", "member"),
    Teammate("wen", "Wen Zhao", "member"),
)
EMAILS = {mate.key: mate.email for mate in TEAM}
# Who runs the workspace, who leads onboardings, and who works on them in which role.
MANAGER = "maya"
LEADS = ("tomas", "priya", "jonas", "maya")
ENGINEERS = ("aisha", "noor")
DESIGNER, OPERATIONS = "leo", "wen"

# Where the company has its office.
CALENDAR = {"time_zone": "Europe/Berlin", "holidays_country": "DE", "holidays_subdivision": "BE"}

# Shops with a loyalty program to launch: name and trade.
SHOPS = (
    ("Aurora Outfitters", "outdoor"),
    ("Bramble & Birch", "home"),
    ("Copperline Coffee", "food"),
    ("Driftwood Surf Co", "sports"),
    ("Ember & Oak Candles", "home"),
    ("Fernhill Botanics", "beauty"),
    ("Glasshouse Ceramics", "home"),
    ("Harbor Lane Denim", "fashion"),
    ("Indigo Thread", "fashion"),
    ("Juniper Pet Supply", "pets"),
    ("Kestrel Cycles", "sports"),
    ("Larkspur Skincare", "beauty"),
    ("Meadowsweet Tea", "food"),
    ("Nimbus Running", "sports"),
    ("Oakmoss Apothecary", "beauty"),
    ("Pebble & Pine Toys", "kids"),
    ("Quarry Climbing", "sports"),
    ("Rosewater Bakery", "food"),
    ("Saltgrass Swim", "fashion"),
    ("Tidewater Tackle", "outdoor"),
    ("Umbra Lighting", "home"),
    ("Velvet Fig Chocolate", "food"),
    ("Wildflower Kids", "kids"),
    ("Xylo Music Shop", "hobby"),
    ("Yarrow Knits", "hobby"),
    ("Zephyr Kites", "outdoor"),
    ("Alder Street Books", "hobby"),
    ("Bluebell Baby", "kids"),
    ("Cedarbrook Furniture", "home"),
    ("Dovetail Woodworks", "home"),
    ("Evergreen Camping", "outdoor"),
    ("Foxglove Florals", "home"),
    ("Goldfinch Jewelry", "fashion"),
    ("Hearth & Hollow", "home"),
    ("Ironbark Boots", "fashion"),
    ("Jasper Eyewear", "fashion"),
    ("Kindling Stoves", "outdoor"),
    ("Lighthouse Games", "hobby"),
    ("Marigold Spices", "food"),
    ("Northstar Luggage", "travel"),
    ("Olive Branch Pantry", "food"),
    ("Parchment & Quill", "hobby"),
    ("Quince Street Kitchen", "home"),
    ("Riverbend Yoga", "sports"),
    ("Starling Audio", "electronics"),
    ("Thistledown Bedding", "home"),
    ("Upland Wool", "fashion"),
    ("Vesper Watches", "fashion"),
    ("Willow & Wren", "fashion"),
    ("Crosswind Drones", "electronics"),
    ("Yonder Travel Gear", "travel"),
    ("Zinnia Garden", "home"),
    ("Anchor Bay Seafood", "food"),
    ("Bellwether Hats", "fashion"),
    ("Cloudberry Ice Cream", "food"),
    ("Dandelion Diapers", "kids"),
    ("Elderflower Drinks", "food"),
    ("Falcon Ridge Archery", "sports"),
    ("Gingham Home", "home"),
    ("Hazelwood Nutrition", "food"),
)

FIRST_NAMES = (
    "Mira Anton Chloe Dmitri Elena Farid Greta Hugo Ines Jamal Keiko Lars Marta Noah Olga Pedro Quinn Rosa Samir Tessa "
    "Uma Viktor Wanda Xenia Yusuf Zara Amara Bruno Celia Daria Emil Freya Gustav Hana Ivan Jolene"
)
LAST_NAMES = (
    "Chen Novak Dubois Petrov Costa Haddad Lindgren Moreau Silva Brown Tanaka Olsen Kowalska Fischer Ivanova Alvarez "
    "Murphy Rossi Khan Vries Patel Horvath Nowak Baker Demir Cohen Diallo Santos Romero Stone Berg Jensen Keller Mori"
)
# Position, and the labels that go with it.
POSITIONS = (
    ("Head of E-commerce", ["decision maker"]),
    ("Operations Manager", ["operations"]),
    ("Marketing Lead", ["marketing"]),
    ("Store Developer", ["technical"]),
    ("Finance Manager", ["billing"]),
    ("Founder", ["decision maker", "billing"]),
)

# Name, range of the monthly fee in dollars, orders a month for each dollar of it.
PLANS = (("Starter", 99, 249, 4), ("Growth", 299, 799, 4), ("Pro", 999, 2499, 3), ("Enterprise", 3000, 9000, 3))
LEAD_SOURCES = ("inbound", "outbound", "partner", "referral", "app store")
REGIONS = ("north america", "emea", "apac")
SHOP_SYSTEMS = ("Shopify", "WooCommerce", "BigCommerce", "Magento")
CHANNELS = ("Online", "In store")
# The custom fields of the company, as request bodies.
FIELDS: tuple[dict[str, Any], ...] = (
    {"resource": "customer", "key": "contract_signed", "name": "Contract signed", "type": "date"},
    {"resource": "customer", "key": "renews_on", "name": "Renews on", "type": "date"},
    {"resource": "customer", "key": "stores", "name": "Stores", "type": "number", "description": "Not counting online"},
    {"resource": "customer", "key": "shop_system", "name": "Shop system", "type": "select", "options": [*SHOP_SYSTEMS]},
    {"resource": "onboarding", "key": "channel", "name": "Channel", "type": "select", "options": [*CHANNELS]},
    {"resource": "onboarding", "key": "members", "name": "Members to bring along", "type": "number"},
)
# What the first onboardings are, by the name of their template, in turn.
FIRST_TEMPLATES = (
    "Loyalty programme",
    "Data migration",
    "Loyalty programme",
    "API integration",
    "Loyalty programme",
    "Loyalty programme",
    "SaaS rollout",
    "Loyalty programme",
    "Pilot",
    "Loyalty programme",
)
EXPANSION_TEMPLATE, RENEWAL_TEMPLATE = "SaaS rollout", "Renewal"
