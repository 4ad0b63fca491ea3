"""The city's categories as the standard's services, their questions as attributes. Pure."""

from datetime import datetime

from api.catalogue import Language, text
from api.cities.book import Category, City, Question
from api.cities.controllers import promise_in_words
from api.cities.promises import Policy, policy_at
from api.public.open311.schemas import Attribute, Service, ServiceDefinition, Value


def services(city: City, language: Language, now: datetime) -> list[Service]:
    """Without emergencies: these are called in, not reported."""
    policy = policy_at(city.policies, now)
    return [_service(c, city, policy, language) for c in city.categories.values() if not c.is_emergency]


def _service(category: Category, city: City, policy: Policy, language: Language) -> Service:
    english = language == "en"
    return Service(
        service_code=category.key,
        service_name=category.name_en if english else category.name_id,
        description=promise_in_words(category, city, policy, language),
        metadata=bool(category.questions),
        type="realtime",
        keywords=category.key.replace("-", ","),
        group=category.group.name_en if english else category.group.name_id,
    )


def definition(category: Category, language: Language) -> ServiceDefinition:
    attributes = tuple(_attribute(q, order, language) for order, q in enumerate(category.questions, start=1))
    return ServiceDefinition(category.key, attributes)


def _attribute(question: Question, order: int, language: Language) -> Attribute:
    english = language == "en"
    values = tuple(Value(choice.key, choice.en if english else choice.id) for choice in question.choices)
    if question.kind == "yes_no":
        values = (Value("yes", text("open311-yes", language)), Value("no", text("open311-no", language)))
    return Attribute(
        variable=True,
        code=question.key,
        datatype="string" if question.kind == "text" else "singlevaluelist",
        required=False,
        datatype_description="",
        order=order,
        description=question.en if english else question.id,
        values=values,
    )
