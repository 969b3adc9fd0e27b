import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { gearsQuery } from "@/api/gears";
import { plural, t } from "@/i18n/text";
import { CATEGORY_WORDS } from "@/parts/jobs/categories";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { NothingMatches } from "@/ui/NothingMatches";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SearchField } from "@/ui/SearchField";
import { SimpleTable } from "@/ui/SimpleTable";
import { Stale } from "@/ui/Stale";
import { bySuite } from "./suites";

/** Programs that read files and make others: the newest version of each, by suite. */
export function GearsPage() {
  const { q = "" } = useSearch({ from: "/inside/framed/gears" });
  const navigate = useNavigate({ from: "/gears" });
  const found = useQuery(gearsQuery());
  useCrumbs([{ label: t("Gears") }]);
  const gears = found.data?.results ?? [];
  const total = found.data?.total ?? 0;
  const suites = bySuite(gears, q);
  const look = (words: string | undefined) =>
    void navigate({ search: words ? { q: words } : {}, replace: true });
  return (
    <Page>
      <PageHead
        title={t("Gears")}
        about={found.data ? plural(total, "{count} gear", "{count} gears") : " "}
      />
      <FilterBar>
        <SearchField label={t("Search gears")} value={q || undefined} onChange={look} />
      </FilterBar>
      {found.isPending ? <Loading rows={8} /> : null}
      {found.error && !found.data ? (
        <Failure error={found.error} what={t("gear list")} onRetry={() => void found.refetch()} />
      ) : null}
      {found.data ? <Stale error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.data && gears.length === 0 ? (
        <Message title={t("No gears yet")}>
          {t("A gear developer or an administrator adds them, with the command line or from a catalogue.")}
        </Message>
      ) : null}
      {gears.length > 0 && suites.length === 0 ? (
        <NothingMatches of={gears.length} onClear={() => look(undefined)} />
      ) : null}
      {suites.map(([suite, members]) => (
        <Panel key={suite} title={suite} flush>
          <SimpleTable
            label={suite}
            rows={members}
            rowKey={(row) => row._id}
            columns={[
              {
                head: t("Gear"),
                cell: ({ gear: { name, version, label } }) => (
                  <Link to="/gears/$name/$version" params={{ name, version }}>
                    {label}
                  </Link>
                ),
              },
              { head: t("Version"), cell: (row) => row.gear.version },
              { head: t("Category"), cell: (row) => CATEGORY_WORDS[row.category] },
              { head: t("Author"), cell: (row) => row.gear.author },
            ]}
          />
        </Panel>
      ))}
      {total > gears.length && gears.length > 0 ? (
        <p role="note">
          {t("Only the first {gears} are shown here.", {
            gears: plural(gears.length, "{count} gear", "{count} gears"),
          })}
        </p>
      ) : null}
    </Page>
  );
}
