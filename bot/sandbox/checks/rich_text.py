"""Rich text: sections, lists, quotes and preformatted text, made of styled pieces."""

from bot.sandbox.checks.schema import Fields, array, boolean, by_type, integer, one_of, record, string

MANY = 1000
STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
STYLED: Fields = {"style": STYLE}
PIECE = by_type(
    {
        "text": record({"text": string()}, STYLED),
        "link": record({"url": string(3000)}, {"text": string(), "unsafe": boolean, **STYLED}),
        "emoji": record({"name": string(100)}, {"unicode": string(), "skin_tone": integer(1, 6), **STYLED}),
        "user": record({"user_id": string(255)}, STYLED),
        "usergroup": record({"usergroup_id": string(255)}, STYLED),
        "channel": record({"channel_id": string(255)}, STYLED),
        "broadcast": record({"range": one_of("here", "channel", "everyone")}, STYLED),
        "date": record(
            {"timestamp": integer(0, 10**11), "format": string()}, {"url": string(), "fallback": string(), **STYLED}
        ),
        "color": record({"value": string(30)}, STYLED),
    }
)
PIECES = array(PIECE, most=MANY, least=0)
BORDER: Fields = {"border": integer(0, 1)}
SECTION = record({"elements": PIECES})
PARTS = by_type(
    {
        "rich_text_section": SECTION,
        "rich_text_list": record(
            {
                "elements": array(by_type({"rich_text_section": SECTION}), most=MANY),
                "style": one_of("bullet", "ordered"),
            },
            {"indent": integer(0, 8), "offset": integer(0, 10**6), **BORDER},
        ),
        "rich_text_preformatted": record({"elements": PIECES}, {**BORDER, "language": string(50)}),
        "rich_text_quote": record({"elements": PIECES}, BORDER),
    }
)
RICH_TEXT_FIELDS: Fields = {"elements": array(PARTS, most=MANY)}
RICH_TEXT = by_type({"rich_text": record(RICH_TEXT_FIELDS, {"block_id": string(255)})})
