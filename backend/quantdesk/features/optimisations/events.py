"""Events of optimisations, on the topic `jobs.<id>` of the optimisation's own job."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from quantdesk.features.optimisations.schemas import TrialColumns


class TrialsFinished(BaseModel):
    """Some trials have ended. The same trial may come twice, with the same figures."""

    type: Literal["optimisation.trials"] = "optimisation.trials"
    job_id: str
    optimisation_id: str
    trials: TrialColumns
