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
    Teammate("leo", "Leo Marchetti", "member"),
)
# Who leads onboardings, and who works on them in which role.
LEADS = ("tomas", "priya", "jonas")
ENGINEER, DESIGNER, OPERATIONS = "aisha", "leo", "maya"

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
    {"resource": "customer", "key": "stores", "name": "Stores", "type": "number", "description": "Not counting online"},
    {"resource": "customer", "key": "shop_system", "name": "Shop system", "type": "select", "options": [*SHOP_SYSTEMS]},
    {"resource": "onboarding", "key": "channel", "name": "Channel", "type": "select", "options": [*CHANNELS]},
)

# Why an onboarding leaves its ordinary way, or comes back to it, by the state that it goes into.
REASONS = {
    "active": (
        "New launch date agreed with the customer",
        "The missing files are there; the plan is adjusted",
        "Sorted out in a call with both teams",
    ),
    "waiting": (
        "Waiting for the product catalogue export",
        "Waiting for brand assets and logo files",
        "Waiting for access to the store's admin",
        "Waiting for legal to approve the program terms",
    ),
    "at_risk": (
        "Champion left the company",
        "Two milestones slipped",
        "No answer to the last three e-mails",
        "Launch date moved for the second time",
    ),
    "blocked": (
        "The store's theme does not support the widget yet",
        "Point-of-sale integration fails in staging",
        "Customer's security review is not finished",
    ),
    "paused": (
        "Holiday freeze at the customer's",
        "Customer is replatforming first",
        "Budget review until next quarter",
    ),
}
PHASE_REASONS = {
    "program_design": ("Kickoff held, goals agreed", "Contract countersigned"),
    "review": ("Design handed over for review", "First draft of tiers and rewards is done"),
    "program_buildout": ("Customer signed off the design", "Review closed with two small changes"),
    "internal_qa": ("Everything is built", "Widget and e-mails are in place"),
    "launch": ("All test cases passed", "Ready: launch checklist is complete"),
    "completed": ("Live, and handed over to customer success", "First rewards redeemed"),
}
NOTES = (
    "Wants to launch before the season starts. Tiers: Seed, Bloom, Grove.",
    "Migrates 14,000 members from a spreadsheet; import format agreed.",
    "Two stores, one program. Decisions come from the head office.",
    "Prefers calls on Tuesdays. Asked for weekly status mails.",
)
