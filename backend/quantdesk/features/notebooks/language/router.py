"""Routes of questions about a text: they read it, and never run it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.notebooks.language import schemas, service
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, problems, require
from quantdesk.kit.principal import Principal

router = APIRouter(
    prefix="/strategies/language", tags=["strategies"], responses={**COMMON_PROBLEMS, **problems(KernelsAway)}
)
Reader = Annotated[Principal, Depends(require("viewer", "strategies:read"))]


@router.post("/complete")
async def complete_code(
    body: schemas.LanguagePlace, principal: Reader, context: ContextDep
) -> schemas.LanguageCompletions:
    """Say what may follow. Of several questions at once only the newest of a kind is answered."""
    told = await service.ask(context, principal.user_id, "complete", body)
    return schemas.LanguageCompletions.model_validate_json(told)


@router.post("/describe")
async def describe_completion(
    body: schemas.LanguageDescribe, principal: Reader, context: ContextDep
) -> schemas.LanguageDescription:
    """Document one of the completions of a place."""
    told = await service.ask(context, principal.user_id, "describe", body)
    return schemas.LanguageDescription.model_validate_json(told)


@router.post("/hover")
async def hover_code(body: schemas.LanguagePlace, principal: Reader, context: ContextDep) -> schemas.LanguageHover:
    """Document the name at the place."""
    told = await service.ask(context, principal.user_id, "hover", body)
    return schemas.LanguageHover.model_validate_json(told)


@router.post("/signature")
async def sign_code(body: schemas.LanguagePlace, principal: Reader, context: ContextDep) -> schemas.LanguageSignatures:
    """Say how the call at the place goes on."""
    told = await service.ask(context, principal.user_id, "signature", body)
    return schemas.LanguageSignatures.model_validate_json(told)


@router.post("/definition")
async def define_code(
    body: schemas.LanguagePlace, principal: Reader, context: ContextDep
) -> schemas.LanguageDefinitions:
    """Say where the name at the place is defined, in the strategy's files or in a library."""
    told = await service.ask(context, principal.user_id, "definition", body)
    return schemas.LanguageDefinitions.model_validate_json(told)
