import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { api } from "@/api/client";
import { actionsQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Page as Rows, Standing as StandingDoc } from "@/api/types";
import { levelWord } from "@/i18n/levels";
import { plural, t } from "@/i18n/text";
import { explained } from "@/parts/actions/explanations";
import { Columns } from "@/ui/Columns";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { Standing } from "./Standing";
import { TryChange } from "./TryChange";

const PAGE = 100;

const WHERE = {
  project: t("in the project"),
  template: t("in the project, also by the group’s template"),
  group: t("in the group"),
  collection: t("in the collection"),
  site: t("site-wide"),
} as const;

/** Who can see this, and why; what one person may do here; a change tried out. */
export function WhoPage() {
  const { c } = useParams({ from: "/inside/framed/who/$c" });
  const { user, action } = useSearch({ from: "/inside/framed/who/$c" });
  const navigate = useNavigate({ from: "/who/$c" });
  const actions = useQuery(actionsQuery);
  const found = useInfiniteQuery({
    queryKey: ["access", "who", c, action ?? null],
    queryFn: ({ pageParam }) =>
      api.get<Rows<StandingDoc>>("/access/who", { container: c, action, limit: PAGE, after_id: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.results.length === PAGE ? last.results.at(-1)?.user : undefined),
    retry: false,
  });
  const people = found.data?.pages.flatMap((page) => page.results) ?? [];
  const place = people[0]?.container;
  const isProject = place?.level === "project";
  const mayTry = useMay(isProject ? c : null)("project_permissions_manage");
  useCrumbs([
    { label: t("Projects"), href: "/projects" },
    ...(isProject ? [{ label: place.label, href: `/projects/${c}` }] : []),
    { label: t("Who can see this?") },
  ]);
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("list of people")} onRetry={() => void found.refetch()} />;
  const change = (part: { user?: string | undefined; action?: string | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  return (
    <Page>
      <PageHead
        title={t("Who can see this, and why?")}
        about={place ? t("{level} “{label}”", { level: levelWord(place.level), label: place.label }) : " "}
        tab={t("Who can see this?")}
      />
      <Columns
        main={
          <Panel
            title={action ? t("Who may do it") : t("Who can see it")}
            flush
            aside={
              <Select
                size="xs"
                w={{ base: 170, sm: 260 }}
                searchable
                clearable
                aria-label={t("Who may")}
                placeholder={t("see it at all")}
                comboboxProps={{ width: 420, position: "bottom-end" }}
                data={(actions.data ?? []).map((one) => ({ value: one.action, label: explained(one) }))}
                value={action ?? null}
                onChange={(value) => change({ action: value ?? undefined })}
              />
            }
          >
            {found.isPending ? <Loading rows={4} /> : null}
            {found.data && people.length === 0 ? <Message title={t("Nobody")} /> : null}
            {people.length > 0 ? (
              <SimpleTable
                label={t("People")}
                rows={people}
                rowKey={(one) => one.user}
                columns={[
                  {
                    head: t("Person"),
                    cell: (one) => (
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        px={0}
                        title={one.user}
                        onClick={() => change({ user: one.user })}
                      >
                        {one.name || one.user}
                      </Button>
                    ),
                  },
                  {
                    head: t("Through"),
                    cell: (one) =>
                      one.through.map((way) => (
                        <div key={`${way.role} ${way.source}`}>
                          {way.role} <span className="dim">{WHERE[way.source]}</span>
                        </div>
                      )),
                  },
                  { head: t("Actions"), number: true, cell: (one) => one.may.length },
                ]}
              />
            ) : null}
            {found.hasNextPage ? (
              <Button
                variant="subtle"
                m={8}
                loading={found.isFetchingNextPage}
                onClick={() => void found.fetchNextPage()}
              >
                {plural(
                  found.data?.pages[0]?.total ?? 0,
                  "Show more of {count} person",
                  "Show more of {count} people",
                )}
              </Button>
            ) : null}
          </Panel>
        }
        side={
          <>
            <Standing
              container={c}
              user={user ?? null}
              onUser={(next) => change({ user: next ?? undefined })}
            />
            {isProject && mayTry ? <TryChange project={c} /> : null}
          </>
        }
      />
    </Page>
  );
}
