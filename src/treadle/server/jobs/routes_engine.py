"""Endpoints of engines: ask for work, fetch it, report in, complete it (gears.md 7)."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from treadle.server.access.guard import Guard, Guards, StreamGuards
from treadle.server.catalog import rights
from treadle.server.catalog.rows import as_file
from treadle.server.catalog.tables import file
from treadle.server.delivery.content import content_answer, plain
from treadle.server.delivery.live import EventHub, Subscription
from treadle.server.gears.queries import gears_by_ids
from treadle.server.jobs import claim, ending, frozen, keys, leases
from treadle.server.jobs.errors import JobNotFound
from treadle.server.jobs.models import Asked, ClaimedJob, ComputeProvider, Count, Renewed
from treadle.server.jobs.rows import Job
from treadle.server.jobs.states import check_state, find_job
from treadle.server.jobs.tables import compute_provider, job
from treadle.server.jobs.wire import claimed_doc, key_text, provider_doc
from treadle.server.jobs.wishes import Ask, limits_of, read_ask
from treadle.server.kit.clock import now
from treadle.server.kit.errors import BadRequest, Invalid
from treadle.server.kit.ids import new_id
from treadle.server.store.blobs import Blobs
from treadle.server.wire.answer import json_answer, stamp
from treadle.server.wire.body import ObjectBody
from treadle.server.wire.dialect import Client, ClientDialect
from treadle.server.wire.http import public_base
from treadle.server.wire.routing import Router
_ = (select, update, insert, Depends, Annotated, Any)
