"""A small conversation to remember: an assistant and Mara, over three weeks. Written for the demonstration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple


class Turn(NamedTuple):
    """What was said, and when."""

    at: datetime
    text: str


def _on(month: int, day: int, hour: int, minute: int, text: str) -> Turn:
    return Turn(datetime(2026, month, day, hour, minute, tzinfo=UTC), text)


CONVERSATION: Final = (
    _on(3, 2, 8, 5, "Mara: Good morning! I have just moved into the flat on Lindenweg, the boxes are still everywhere."),
    _on(3, 2, 8, 6, "Assistant: Congratulations on the new flat. Shall I make a list of what is left to unpack?"),
    _on(3, 2, 8, 9, "Mara: Yes please. The kitchen comes first, I cannot live without my espresso machine."),
    _on(3, 2, 8, 12, "Mara: And remind me to call the landlord, the boiler shows error E-117 and there is no hot water."),
    _on(3, 2, 19, 40, "Mara: The landlord says a technician comes on Thursday between nine and eleven."),
    _on(3, 3, 7, 55, "Mara: My sister Ines will stay with me in April, she is allergic to peanuts and to cats."),
    _on(3, 3, 7, 58, "Assistant: Noted. I will keep her allergies in mind when we plan meals."),
    _on(
        3,
        5,
        11,
        20,
        "Mara: The technician replaced a pump, and the heating works again. The bill goes to the landlord.",
    ),
    _on(3, 5, 11, 24, "Mara: He also said the boiler needs servicing every autumn."),
    _on(3, 6, 17, 2, "Mara: I started to learn the cello again, after twelve years without touching it."),
    _on(3, 6, 17, 4, "Assistant: What a lovely thing to come back to. Do you have a teacher?"),
    _on(3, 6, 17, 7, "Mara: Yes, Mr Okafor, on Wednesdays at six. I have to practise scales every day."),
    _on(3, 9, 9, 14, "Mara: At work we are moving the billing service from Heroku to our own cluster."),
    _on(3, 9, 9, 20, "Mara: The deadline for the migration is the end of May, and I am the one who answers for it."),
    _on(3, 9, 9, 31, "Mara: Invoices are numbered INV-2026-0001 and so on; the numbering must not have gaps."),
    _on(3, 11, 20, 45, "Mara: First lesson done. My fingers hurt, but I am happy."),
    _on(3, 12, 8, 30, "Mara: I slept badly, the tram in front of the house wakes me at half past four."),
    _on(
        3,
        12,
        8,
        33,
        "Assistant: Would earplugs or a heavier curtain help? The bedroom could also go to the courtyard side.",
    ),
    _on(3, 12, 21, 10, "Mara: I swapped the rooms. The study looks to the street now, and the nights are quiet."),
    _on(3, 14, 10, 0, "Mara: Ines arrives on the third of April and leaves on the twelfth."),
    _on(
        3,
        14,
        10,
        3,
        "Mara: Let us cook for her: the mushroom risotto, and for dessert the almond cake from grandmother.",
    ),
    _on(3, 14, 10, 5, "Assistant: Almonds are not peanuts, but shall I ask whether she tolerates other nuts?"),
    _on(3, 14, 10, 30, "Mara: I asked her, almonds are fine, hazelnuts as well."),
    _on(3, 16, 18, 22, "Mara: My bicycle was stolen from the courtyard. I reported it, the case number is 4471-B."),
    _on(3, 17, 12, 0, "Mara: The insurance wants the receipt for it, which must be in the blue folder."),
    _on(3, 18, 21, 0, "Mara: Mr Okafor says I should play in the summer concert, on the twentieth of June."),
    _on(3, 19, 8, 15, "Mara: I decided to give up coffee after noon, it keeps me awake."),
    _on(3, 20, 9, 40, "Mara: Deployment to the new cluster failed with error E-204, a certificate had expired."),
    _on(3, 20, 15, 5, "Mara: We renewed it, and the rollout went through on the second attempt."),
    _on(3, 22, 11, 11, "Mara: Found the receipt! The insurer will pay 640 euros."),
)

QUESTION: Final = "Which food should Ines avoid?"
"""By meaning, talk of meals and nuts comes first; by words, the day that Ines arrives. Her allergy comes first only by both."""
