"""What every endpoint needs: the table of roles.md 5, one line per family of routes.

A test walks all routes as many callers and compares each verdict with this table (tests/db/access/test_walk.py), and
`docs/reference/rights.md` is written from it. A new route needs a line here.

Words for who: `open` anybody; `ticket` whoever has one; `any` any credentials, devices too; `person` a user;
`account` a user with a login or an unrestricted key; `browser` a user with a login; `device` a device or a site
administrator; `device-only` a device; `developer` a site administrator or a gear developer; `admin` a site
administrator; `owner` who made it; `list` any credentials, only the rows they may see are answered.
A place: `project` the project of what is named, with the actions that follow; `group`, `collection` the access that
follows (`see`: a role in a project of the group is enough). `+permissions`: project_permissions_manage for what
somebody else wrote. `account-and-project`: an `account` that may do
that in the project. `device-or-project`: devices place by routing. `...-and-project`: and what the project
of the file or of the target asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

_FAMILIES = {
    "{L}": ("subjects", "sessions", "acquisitions"),
    "{U}": ("groups", "projects", "sessions", "acquisitions", "collections"),
    "{I}": (
        *("projects", "subjects", "sessions", "acquisitions", "analyses"),
        *("collections", "containers", "files"),
    ),
    "{B}": ("subjects", "sessions", "all"),
    "{S}": ("projects", "subjects", "sessions"),
    "{C}": ("projects", "subjects", "sessions", "acquisitions", "containers"),
}

_SHORT = {"+permissions": "project_permissions_manage", "+hierarchy": "containers_create_hierarchy"}

_TABLE = """
GET               /version                                open
GET               /config                                 open
GET               /config.js                              open
GET               /x/login                                open
GET               /x/login/oidc                           open
GET               /x/login/oidc/callback                  open
POST              /x/login                                open
POST              /dataexplorer/search/parse              open

GET               /auth/status                            any
GET               /modalities                             any
GET               /modalities/{}                          any
GET               /site/settings                          any
GET               /site/providers                         any
GET               /views/columns                          any
POST              /dataexplorer/search/print              any
GET               /roles                                  any
GET               /roles/actions                          any
GET               /roles/{}                               any
POST              /x/logout                               any
GET               /x/events                               list
GET               /x/find                                 list

GET               /x/me                                   person
GET PUT           /x/me/notifications                     person
PUT               /x/me/password                          account
GET               /x/me/totp                              account
POST PUT          /x/me/totp                              browser
POST              /x/me/totp/recovery                     browser
POST              /x/me/totp/remove                       browser
DELETE            /x/users/{}/totp                        admin
GET               /users/{}/{U}                           admin
GET               /x/roles/{}/uses                        admin
GET               /users                                  person
GET               /users/self                             person
GET               /users/self/avatar                      person
GET               /users/self/info                        person
POST PATCH        /users/self/info                        account
POST              /users/self/key                         account
DELETE            /users/self/key/{}                      account
GET               /users/{}                               person
GET               /users/{}/avatar                        person
PUT               /users/{}                               admin
DELETE            /users/{}                               admin
POST              /users                                  admin
POST              /users/{}/key                           admin
DELETE            /users/{}/key/{}                        admin
POST              /x/users/{}/password                    admin
GET               /permissions/self                       person
PUT               /permissions/check                      person
GET               /permissions/check/{}                   person

POST              /roles                                  admin
PUT DELETE        /roles/{}                               admin
GET               /groups/{}/roles                        group ro
POST              /groups/{}/roles                        admin
GET               /groups/{}/roles/{}                     group ro
DELETE            /groups/{}/roles/{}                     admin
GET               /groups/{}/permissions                  group ro
POST              /groups/{}/permissions                  group admin
GET               /groups/{}/permissions/{}               group ro
PUT DELETE        /groups/{}/permissions/{}               group admin
GET               /groups/{}/permissions/templates        group ro
POST              /groups/{}/permissions/templates        group admin
GET               /groups/{}/permissions/templates/{}     group ro
PUT DELETE        /groups/{}/permissions/templates/{}     group admin
GET               /projects/{}/permissions                project project_permissions_view
POST              /projects/{}/permissions                project project_permissions_manage
GET               /projects/{}/permissions/{}             project project_permissions_view
PUT DELETE        /projects/{}/permissions/{}             project project_permissions_manage
GET               /access/why                             project project_permissions_view
GET               /access/who                             project project_permissions_view
POST              /access/preview                         project project_permissions_manage

GET               /devices/self                           device-only
PUT               /devices/self                           device-only
GET POST          /devices                                admin
GET               /devices/status                         admin
GET               /devices/{}                             device
PUT DELETE        /devices/{}                             admin
GET               /devices/{}/incidents                   admin
GET               /devices/{}/received                    admin
GET               /x/metrics                              admin
POST              /x/alerts/test                          admin
POST              /devices/{}/key                         admin
DELETE            /devices/{}/key/{}                      admin
GET               /report/accesslog                       admin
GET               /report/accesslog/types                 admin
GET               /x/health                               admin
GET               /x/audit/export                         admin
PUT               /site/settings                          admin
GET               /site/providers/{}                      any
GET               /site/providers/{}/config               admin
POST              /site/providers                         admin
PUT DELETE        /site/providers/{}                      admin
POST              /modalities                             admin
PUT DELETE        /modalities/{}                          admin
POST              /projects/recalc                        admin
POST              /clean-packfiles                        admin

GET               /report/site                            admin
GET               /report/daily-usage                     admin
GET               /report/daily-usage-range               admin
GET               /report/legacy-usage                    admin
GET               /report/usage                           admin
GET               /report/usage-summary                   admin
GET               /report/usage/availability              admin
GET               /report/usage/collect                   admin
GET               /report/project                         project containers_view_metadata
PATCH             /{I}/info/cleanup/{}                    admin
GET               /changes/{}/{}                          project containers_view_metadata
GET               /changes/{}/{}/fields/{}                project containers_view_metadata
GET               /projects/{}/delete-status              project containers_view_metadata
GET               /projects/catalog-list                  any
GET               /projects/catalog-list-filter-options   any
GET               /tree/graph                             any
POST              /tree                                   list
GET               /collections/curators                   list

GET               /groups                                 list
GET               /projects                               list
GET               /projects/groups                        list
GET               /{L}                                    list
GET               /analyses                               list
GET               /collections                            list
GET               /files                                  list
GET               /x/trash                                list
GET               /data_view_executions                   list
GET               /audit-trail/reports                    list
GET               /connector/misrouted                    list
GET               /connector/aliases                      list

POST              /groups                                 admin
GET               /groups/{}                              group see
PUT               /groups/{}                              group rw
DELETE            /groups/{}                              group admin
DELETE            /groups                                 group admin
GET               /groups/{}/projects                     group see
GET               /groups/{}/settings                     group see
PUT               /groups/{}/settings                     group admin
GET               /groups/{}/info                         group see
POST PATCH        /groups/{}/info                         group rw
GET               /groups/{}/tags                         group see
POST PATCH DELETE /groups/{}/tags                         group rw
GET               /groups/{}/tags/{}                      group see
PUT DELETE        /groups/{}/tags/{}                      group rw

POST              /projects                               group admin
POST              /subjects                               project containers_create_hierarchy
POST              /sessions                               project containers_create_hierarchy
POST              /acquisitions                           project containers_create_hierarchy
GET               /{C}/{}                                 project containers_view_metadata
PUT               /{C}/{}                                 project containers_modify_metadata
DELETE            /projects/{}                            project containers_delete_project
DELETE            /projects                               project containers_delete_project
DELETE            /{L}/{}                                 project containers_delete_hierarchy
DELETE            /containers/{}                          project containers_delete_hierarchy
DELETE            /{L}                                    project containers_delete_hierarchy
GET               /projects/{}/subjects                   project containers_view_metadata
GET               /projects/{}/sessions                   project containers_view_metadata
GET               /projects/{}/acquisitions               project containers_view_metadata
GET               /subjects/{}/sessions                   project containers_view_metadata
GET               /subjects/{}/acquisitions               project containers_view_metadata
GET               /sessions/{}/acquisitions               project containers_view_metadata
GET               /site/deid                              any
GET               /x/deid/schema                          any
POST              /x/deid/check                           any
POST              /files/{}/deid/preview                  project files_view_contents
POST              /sessions/{}/deid/test                  project files_view_contents
GET               /site/deid/versions                     any
GET               /site/deid/versions/{}                  any
PUT DELETE        /site/deid                              admin
GET               /groups/{}/deid                         group see
GET               /groups/{}/deid/versions                group see
GET               /groups/{}/deid/versions/{}             group see
PUT DELETE        /groups/{}/deid                         group admin
GET               /projects/{}/deid/versions              project containers_view_metadata
GET               /projects/{}/deid/versions/{}           project containers_view_metadata
PUT DELETE        /projects/{}/deid                       project settings_modify
POST              /projects/{}/deid/epochs                project settings_modify
GET               /projects/{}/deid                       device-or-project containers_view_metadata
POST              /connector/deid                         device
GET               /projects/{}/settings                   project containers_view_metadata
PUT               /projects/{}/settings                   project settings_modify
POST              /lookup                                 project containers_view_metadata
POST              /resolve                                project containers_view_metadata
POST              /uids                                   list
POST              /uids/projects                          list
POST              /projects/{}/upsert-hierarchy           project containers_create_hierarchy containers_modify_metadata
POST              /bulk/move/{L}                          project containers_delete_hierarchy +hierarchy
POST              /x/bulk/edit/{L}                        project containers_modify_metadata
POST              /x/bulk/edit/files                      project files_modify_metadata
POST              /projects/{}/copy                       project-and-group copy_by_reference files_download
POST              /{L}/{}/copy                            project files_download +hierarchy
POST DELETE       /projects/{}/lock                       project settings_modify
POST DELETE       /projects/{}/template                   project session_templates_manage
POST              /projects/{}/recalc                     project session_templates_manage
POST              /x/projects/{}/template-test            project session_templates_view
GET               /x/sessions/{}/compliance               project session_templates_view
POST              /x/trash/{}/restore                     project containers_delete_hierarchy

GET               /{C}/{}/info                            project containers_view_metadata
POST PATCH        /{C}/{}/info                            project containers_modify_metadata
GET               /{C}/{}/tags                            project tags_view
POST PATCH DELETE /{C}/{}/tags                            project tags_manage
GET               /{C}/{}/tags/{}                         project tags_view
PUT DELETE        /{C}/{}/tags/{}                         project tags_manage
POST              /{C}/{}/notes                           project notes_manage
GET               /{C}/{}/notes/{}                        project notes_view
PUT DELETE        /{C}/{}/notes/{}                        project notes_manage +permissions

POST              /{C}/{}/files                           project files_create_single
GET HEAD          /{C}/{}/files/{}                        project files_download
PUT               /{C}/{}/files/{}                        project files_modify_metadata
DELETE            /{C}/{}/files/{}                        project files_delete_non_device_data
GET               /{C}/{}/files/{}/info                   project files_view_metadata
POST PATCH        /{C}/{}/files/{}/info                   project files_modify_metadata
POST PATCH        /{C}/{}/files/{}/classification         project files_modify_metadata
DELETE            /files                                  project files_delete_non_device_data
GET               /files/{}                               project files_view_metadata
DELETE            /files/{}                               project files_delete_non_device_data
PUT               /files/{}/classification                project files_modify_metadata
GET               /files/{}/info                          project files_view_metadata
PATCH PUT         /files/{}/info                          project files_modify_metadata
POST              /files/{}/move                          project files_move
POST              /files/{}/restore                       project files_create_single
GET               /files/{}/tags                          project tags_view
PATCH PUT DELETE  /files/{}/tags                          project tags_manage
GET               /files/{}/lineage                       project files_view_metadata
GET               /x/files/{}/lineage/crate               project files_view_metadata
GET               /files/{}/versions                      project files_view_metadata
GET               /files/{}/zip_info                      project files_view_contents
GET HEAD          /x/files/{}/content                     project files_view_contents
GET               /x/files/{}/bundle                      project files_view_contents
GET               /x/files/{}/instances                   project files_view_contents
GET HEAD          /x/files/{}/instances/{}                project files_view_contents
GET               /x/files/{}/instances/{}/picture        project files_view_contents
GET               /x/files/{}/overlays                    project files_view_contents
GET               /x/files/{}/overlays/{}                 project files_view_contents
GET               /x/files/{}/overlays/{}/labels          project files_view_contents

GET               /v3/annotations                         list
GET               /v3/annotations/count                   list
GET               /v3/annotations/delete_reasons          any
POST              /v3/annotations                         project files_view_contents annotations_manage
GET               /v3/annotations/{}                      project annotations_view_others
GET               /v3/annotations/{}/export               project annotations_view_others
GET               /v3/annotations/{}/versions             project annotations_view_others
GET               /v3/annotations/{}/versions/{}          project annotations_view_others
GET               /v3/annotations/{}/file                 project annotations_view_others
GET               /v3/annotations/{}/versions/{}/file     project annotations_view_others
POST PUT          /v3/annotations/{}                      project annotations_view_others annotations_edit_others
POST              /v3/annotations/{}/versions/{}/restore  project annotations_view_others annotations_edit_others
DELETE            /v3/annotations/{}                      project annotations_view_others annotations_delete_others
GET               /annotations                            list
POST              /annotations                            project files_view_contents annotations_manage
GET               /annotations/{}                         project annotations_view_others
PUT               /annotations/{}                         project annotations_view_others annotations_edit_others
DELETE            /annotations/{}                         project annotations_view_others annotations_delete_others

GET               /dicomweb/studies                       list
GET               /dicomweb/series                        list
GET               /dicomweb/instances                     list
GET               /dicomweb/studies/{}/series             list
GET               /dicomweb/studies/{}/instances          list
GET               /dicomweb/studies/{}/series/{}/instances list
GET               /dicomweb/studies/{}                    list
GET               /dicomweb/studies/{}/series/{}          list
GET               /dicomweb/studies/{}/series/{}/instances/{} list
GET               /dicomweb/studies/{}/metadata           list
GET               /dicomweb/studies/{}/series/{}/metadata list
GET               /dicomweb/studies/{}/series/{}/instances/{}/metadata list
GET               /dicomweb/studies/{}/series/{}/instances/{}/bulkdata/{} list
GET               /dicomweb/studies/{}/series/{}/instances/{}/frames/{} list
GET               /dicomweb/studies/{}/series/{}/instances/{}/rendered list
GET               /dicomweb/studies/{}/series/{}/instances/{}/frames/{}/rendered list
GET               /dicomweb/projects/{}/studies           project files_view_metadata
GET               /dicomweb/projects/{}/series            project files_view_metadata
GET               /dicomweb/projects/{}/instances         project files_view_metadata
GET               /dicomweb/projects/{}/studies/{}/series project files_view_metadata
GET               /dicomweb/projects/{}/studies/{}/instances project files_view_metadata
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances project files_view_metadata
GET               /dicomweb/projects/{}/studies/{}        project files_download
GET               /dicomweb/projects/{}/studies/{}/series/{} project files_download
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances/{} project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/metadata project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/series/{}/metadata project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances/{}/metadata project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances/{}/bulkdata/{} project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances/{}/frames/{} project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances/{}/rendered project files_view_contents
GET               /dicomweb/projects/{}/studies/{}/series/{}/instances/{}/frames/{}/rendered project files_view_contents
POST              /dicomweb/projects/{}/studies           project files_create_bulk +hierarchy
POST              /dicomweb/projects/{}/studies/{}        project files_create_bulk +hierarchy
POST              /download                               project files_download
GET               /download                               ticket
POST              /download/summary                       list
POST              /download/targets                       list
POST              /upload/label                           device-or-project files_create_bulk +hierarchy
POST              /upload/uid                             device-or-project files_create_bulk +hierarchy
POST              /upload/reaper                          device-or-project files_create_bulk +hierarchy
POST              /projects/{}/packfile-start             project files_create_bulk +hierarchy
POST              /projects/{}/packfile                   project files_create_bulk +hierarchy
GET               /projects/{}/packfile-end               project files_create_bulk +hierarchy
POST              /files                                  device-or-project files_create_single
POST              /storage/files                          device-or-project files_create_single
DELETE            /storage/files/{}                       any
POST              /upload/signed-url                      any
POST              /upload/signed-url/cleanup              any
POST              /upload/complete-s3-multipart           any
PUT               /upload/fs-file                         ticket
POST              /x/uploads                              project files_create_single
HEAD PATCH DELETE /x/uploads/{}                           any

POST              /{C}/{}/analyses                        project analyses_create_sdk
GET               /{C}/{}/analyses                        project containers_view_metadata
GET               /projects/{}/{B}/analyses               project containers_view_metadata
GET               /subjects/{}/sessions/analyses          project containers_view_metadata
GET               /{S}/{}/acquisitions/analyses           project containers_view_metadata
GET               /{S}/{}/all/analyses                    project containers_view_metadata
GET               /{C}/{}/analyses/{}                     project analyses_view_metadata
PUT               /{C}/{}/analyses/{}                     project analyses_view_metadata analyses_modify_metadata
DELETE            /{C}/{}/analyses/{}                     project analyses_view_metadata analyses_delete
POST              /{C}/{}/analyses/{}/notes               project analyses_view_metadata notes_manage
DELETE            /{C}/{}/analyses/{}/notes/{}            project analyses_view_metadata notes_manage +permissions
POST              /{C}/{}/analyses/{}/files               project analyses_view_metadata analyses_create_sdk
GET HEAD          /{C}/{}/analyses/{}/files/{}            project analyses_view_metadata files_download
GET HEAD          /{C}/{}/analyses/{}/inputs/{}           project analyses_view_metadata files_download
GET               /analyses/{}                            project analyses_view_metadata
PUT               /analyses/{}                            project analyses_view_metadata analyses_modify_metadata
DELETE            /analyses/{}                            project analyses_view_metadata analyses_delete
DELETE            /analyses                               project analyses_view_metadata analyses_delete
POST              /analyses/{}/files                      project analyses_view_metadata analyses_create_sdk
GET HEAD          /analyses/{}/files/{}                   project analyses_view_metadata files_download
PUT               /analyses/{}/files/{}                   project analyses_view_metadata files_modify_metadata
DELETE            /analyses/{}/files/{}                   project analyses_view_metadata files_delete_non_device_data
GET               /analyses/{}/files/{}/info              project analyses_view_metadata files_view_metadata
POST PATCH        /analyses/{}/files/{}/info              project analyses_view_metadata files_modify_metadata
POST PATCH        /analyses/{}/files/{}/classification    project analyses_view_metadata files_modify_metadata
GET HEAD          /analyses/{}/inputs/{}                  project analyses_view_metadata files_download
GET               /analyses/{}/inputs/{}/info             project analyses_view_metadata
GET               /analyses/{}/input_files/{}/info        project analyses_view_metadata
GET               /analyses/{}/info                       project analyses_view_metadata
POST PATCH        /analyses/{}/info                       project analyses_view_metadata analyses_modify_metadata
GET               /analyses/{}/tags                       project analyses_view_metadata tags_view
POST PATCH DELETE /analyses/{}/tags                       project analyses_view_metadata tags_manage
GET               /analyses/{}/tags/{}                    project analyses_view_metadata tags_view
PUT DELETE        /analyses/{}/tags/{}                    project analyses_view_metadata tags_manage
POST              /analyses/{}/notes                      project analyses_view_metadata notes_manage
GET               /analyses/{}/notes/{}                   project analyses_view_metadata notes_view
PUT DELETE        /analyses/{}/notes/{}                   project analyses_view_metadata notes_manage +permissions

POST              /collections                            account
GET               /collections/{}                         collection ro
PUT               /collections/{}                         collection rw
DELETE            /collections/{}                         collection admin
DELETE            /collections                            collection admin
GET               /collections/{}/sessions                collection ro
GET               /collections/{}/acquisitions            collection ro
GET               /collections/{}/info                    collection ro
POST PATCH        /collections/{}/info                    collection rw
GET               /collections/{}/tags                    collection ro
POST PATCH DELETE /collections/{}/tags                    collection rw
GET               /collections/{}/tags/{}                 collection ro
PUT DELETE        /collections/{}/tags/{}                 collection rw
POST              /collections/{}/notes                   collection rw
GET               /collections/{}/notes/{}                collection ro
PUT DELETE        /collections/{}/notes/{}                collection admin
POST              /collections/{}/permissions             collection admin
GET               /collections/{}/permissions/{}          collection ro
PUT DELETE        /collections/{}/permissions/{}          collection admin
POST              /collections/{}/files                   collection rw
GET HEAD          /collections/{}/files/{}                collection ro
PUT DELETE        /collections/{}/files/{}                collection rw
GET               /collections/{}/files/{}/info           collection ro
POST PATCH        /collections/{}/files/{}/info           collection rw
POST PATCH        /collections/{}/files/{}/classification collection rw
POST              /collections/{}/analyses                collection rw
GET               /collections/{}/analyses                collection ro
GET               /collections/{}/analyses/{}             collection ro
PUT DELETE        /collections/{}/analyses/{}             collection rw
POST              /collections/{}/analyses/{}/notes       collection rw
DELETE            /collections/{}/analyses/{}/notes/{}    collection admin
POST              /collections/{}/analyses/{}/files       collection rw
GET HEAD          /collections/{}/analyses/{}/files/{}    collection ro
GET HEAD          /collections/{}/analyses/{}/inputs/{}   collection-and-project ro

POST              /jobs/add                               project jobs_manage files_create_single files_modify_metadata
GET               /jobs                                   list
GET               /jobs/stats                             list
PUT               /jobs/priority                          project jobs_view jobs_manage_others
POST              /jobs/reap                              admin
POST              /jobs/determine_provider                any
GET               /jobs/{}                                project jobs_view
GET               /jobs/{}/detail                         project jobs_view
PUT               /jobs/{}                                project jobs_view jobs_manage_others
GET               /jobs/{}/provenance                     project jobs_view
GET               /jobs/compare                           project jobs_view
GET               /jobs/{}/export                         project jobs_view
GET               /jobs/{}/lineage                        project jobs_view
GET               /x/jobs/{}/lineage/crate                project jobs_view
POST              /jobs/{}/rerun                project jobs_view jobs_manage files_create_single files_modify_metadata
GET               /analyses/compare                       project jobs_view analyses_view_metadata
POST              /jobs/{}/retry                          project jobs_view jobs_manage_others files_view_contents
POST              /jobs/{}/accept-failed-output           project jobs_view files_create_single files_modify_metadata
GET               /jobs/{}/logs                           project jobs_view
GET               /jobs/{}/logs/text                      project jobs_view
GET               /jobs/{}/logs/html                      project jobs_view
GET               /jobs/{}/logs/stream                    project jobs_view
GET               /batch                                  list
POST              /batch                                  project jobs_manage files_create_single files_modify_metadata
POST              /batch/jobs                             any
GET               /batch/{}                               owner
POST              /batch/{}/run                           owner
POST              /batch/{}/cancel                        owner
POST              /batch/{}/retry                         owner
GET               /sessions/{}/jobs                       project containers_view_metadata
GET               /users/self/jobs                        person
POST              /jobs/ask                               engine
POST              /jobs/ask/{}                            engine
GET               /jobs/next                              engine
POST              /jobs/{}/claim                          engine
GET               /jobs/{}/config.json                    engine
GET               /jobs/{}/inputs/{}                      engine
PUT               /jobs/{}/heartbeat                      engine
POST              /jobs/{}/logs                           engine
POST PUT          /jobs/{}/prepare-complete               engine
POST PUT          /jobs/{}/complete                       engine
PUT               /jobs/{}/profile                        engine
PUT               /engine/self                            engine-only
PUT               /engine/blobs                           engine
POST              /engine                                 engine
POST              /engine/commit                          engine

POST              /containers/{}/views                    project data_views_manage
GET               /containers/{}/views                    project data_views_view
GET               /views/{}                               project data_views_view
PUT DELETE        /views/{}                               project data_views_manage
POST              /views/data                             project data_views_view
GET               /views/{}/data                          project data_views_view
POST              /views/queue                            project data_views_view
POST              /views/{}/queue                         project data_views_view
POST              /views/save                             project data_views_view files_create_single
POST DELETE       /dataexplorer/search                    list
POST              /dataexplorer/search/nodes              list
POST              /dataexplorer/search/suggest            list
POST              /dataexplorer/search/fields             list
POST              /dataexplorer/search/fields/aggregate   list
POST              /dataexplorer/facets                    list
GET               /dataexplorer/mapped_fields             list
GET               /dataexplorer/search/status             any
POST              /dataexplorer/search/export             list
POST              /dataexplorer/search/collect            list
POST              /dataexplorer/search/tag                list
GET               /dataexplorer/sites                     account
POST              /dataexplorer/sites                     admin
PUT DELETE        /dataexplorer/sites/{}                  admin
PUT DELETE        /dataexplorer/sites/{}/key              account
GET               /dataexplorer/queries                   list
PUT DELETE        /dataexplorer/queries/{}                project data_views_manage
POST              /dataexplorer/queries                   project data_views_manage
GET               /dataexplorer/queries/{}                project
POST              /audit-trail/reports                    project audit_trail_reports_manage
PATCH DELETE      /audit-trail/reports/{}                 project audit_trail_reports_manage
GET               /audit-trail/reports/{}/csv             project audit_trail_reports_view
GET               /audit-trail/reports/{}/download        project audit_trail_reports_view
GET               /data_view_executions/{}                owner
GET               /data_view_executions/{}/data           owner
POST              /data_view_executions/{}/save           owner
POST              /data_view_executions/{}/delete         owner

GET               /gears                                  any
GET               /gears/{}                               any
GET               /gears/{}/invocation                    any
GET               /gears/{}/series                        any
POST DELETE       /gears/{}                               developer
POST              /gears/{}/enable                        developer
GET               /gears/{}/rootfs                        any
GET               /gears/{}/suggest/{}/{}                 project containers_view_metadata files_view_metadata
GET               /gears/{}/context/{}/{}                 project containers_view_metadata
GET               /gears/my-tickets                       any
GET               /gears/ticket/{}                        owner
POST              /gears/prepare-add                      developer
POST              /gears/save                             developer
PUT               /gears/ticket/{}/rootfs                 developer
PUT               /gears/{}/series                        developer

GET               /projects/{}/rules                      project gear_rules_view
POST              /projects/{}/rules                      project gear_rules_manage
GET               /projects/{}/rules/{}                   project gear_rules_view
PUT DELETE        /projects/{}/rules/{}                   project gear_rules_manage
GET               /projects/{}/rules/{}/firings           project gear_rules_view
POST              /projects/{}/rules/{}/run               project gear_rules_manage
POST              /projects/{}/notebook                   account-and-project containers_view_metadata
GET POST          /site/rules                             admin
GET PUT DELETE    /site/rules/{}                          admin
PUT DELETE        /gears/{}/permissions                   developer
PUT               /gears/{}/permissions/{}                developer
DELETE            /gears/{}/permissions/{}/{}             developer

GET               /x/exchange                             any
GET               /x/exchange/{}                          any
POST              /x/exchange/{}/install                  developer
GET               /x/exchange/sources                     any
PUT DELETE        /x/exchange/sources/{}                  developer

POST              /connector/series                       device
PUT               /connector/uploads/{}                   device
POST              /connector/uploads/{}/complete          device
POST              /connector/misrouted/{}/move            group-and-project admin containers_create_hierarchy
POST              /connector/aliases                      admin
DELETE            /connector/aliases/{}                   group admin
POST              /connector/routing/preview              any
"""


@dataclass(frozen=True)
class Needs:
    """Who may call: a word for who or where, and the actions (or the access) needed there."""

    where: str
    what: tuple[str, ...] = ()


def _spelled_out(path: str) -> Iterable[str]:
    marks = [mark for mark in _FAMILIES if mark in path]
    for chosen in product(*(_FAMILIES[mark] for mark in marks)):
        spelled = path
        for mark, word in zip(marks, chosen, strict=True):
            spelled = spelled.replace(mark, word)
        yield spelled


def _what(words: list[str]) -> tuple[str, ...]:
    return tuple(_SHORT.get(word, word) for word in words)


def _read(table: str) -> dict[tuple[str, str], Needs]:
    found: dict[tuple[str, str], Needs] = {}
    for line in filter(None, map(str.strip, table.splitlines())):
        words = line.split()
        at = next(number for number, word in enumerate(words) if word.startswith("/"))
        needs = Needs(words[at + 1], _what(words[at + 2 :]))
        for path in _spelled_out(words[at]):
            for method in words[:at]:
                found.setdefault((method, path), needs)
    return found


ENDPOINTS = _read(_TABLE)
