import { Select } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { allOf, contains, equals } from "@/api/filters";
import { type Job, STATES } from "@/api/jobs";
import { usePagedRows } from "@/api/paging";
import { useMe } from "@/api/queries";
import { plural, t } from "@/i18n/text";
import { STATE_WORDS } from "@/parts/jobs/states";
import { ClearFilters } from "@/ui/ClearFilters";
import { FilterBar } from "@/ui/FilterBar";
import { LinkButton } from "@/ui/LinkButton";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { SearchField } from "@/ui/SearchField";
import { readSort, sortText } from "@/ui/table/model";
import { PagedTable } from "@/ui/table/PagedTable";
import { COLUMNS } from "./columns";

interface Filters {
  state?: string | undefined;
  gear?: string | undefined;
  whose?: string | undefined;
  sort?: string | undefined;
}

/** Runs of gears in all projects that the user sees, as they go. */
export function JobsPage() {
  useCrumbs([{ label: t("Jobs") }]);
  return (
    <Page fill>
      <JobsTable />
    </Page>
  );
}

/** A project's own. */
export function ProjectJobs() {
  const { p } = useParams({ strict: false }) as { p: string };
  return <JobsTable key={p} project={p} />;
}

function JobsTable({ project }: { project?: string }) {
  const { user } = useMe();
  const search: Filters = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (part: Filters) =>
    void navigate({ to: ".", search: (old: Filters) => ({ ...old, ...part }), replace: true });
  const clear = () => change({ state: undefined, gear: undefined, whose: undefined });
  const sort = readSort(search.sort, COLUMNS) ?? { field: "created", descending: true };
  const within = project && equals("parents.project", project);
  const chosen = allOf(
    search.state && equals("state", search.state),
    search.gear && contains("gear_info.name", search.gear),
    search.whose === "mine" && equals("origin.id", user._id),
  );
  const filter = allOf(within, chosen);
  const rows = usePagedRows<Job>("/jobs", { filter, sort: sortText(sort), include_parent_info: true });
  return (
    <>
      {project ? null : (
        <PageHead
          title={t("Jobs")}
          about={rows.loading ? " " : plural(rows.total, "{count} job", "{count} jobs")}
          actions={
            <LinkButton to="/batch" variant="default">
              {t("Batches")}
            </LinkButton>
          }
        />
      )}
      <FilterBar>
        <Select
          aria-label={t("State")}
          placeholder={t("Any state")}
          clearable
          data={STATES.map((state) => ({ value: state, label: STATE_WORDS[state] }))}
          value={search.state ?? null}
          onChange={(state) => change({ state: state ?? undefined })}
        />
        <SearchField label={t("Gear contains")} value={search.gear} onChange={(gear) => change({ gear })} />
        <Select
          aria-label={t("Whose")}
          placeholder={t("Everybody’s")}
          clearable
          data={[{ value: "mine", label: t("Mine") }]}
          value={search.whose ?? null}
          onChange={(whose) => change({ whose: whose ?? undefined })}
        />
        <ClearFilters shown={chosen !== undefined} onClear={clear} />
      </FilterBar>
      <PagedTable
        name="jobs"
        label={t("Jobs")}
        what={t("job list")}
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(text) => change({ sort: text })}
        onOpen={(row) => void navigate({ to: "/jobs/$j", params: { j: row._id } })}
        filtered={chosen !== undefined}
        onClear={clear}
        empty={
          <Message title={t("No jobs yet")}>
            {t(
              "A job is one run of a gear. Rules of a project start them by themselves, people from the page of a file, an acquisition or a session.",
            )}
          </Message>
        }
      />
    </>
  );
}
