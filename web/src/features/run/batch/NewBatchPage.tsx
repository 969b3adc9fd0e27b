import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { gearsQuery } from "@/api/gears";
import { containerQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { countOf } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { mayRun } from "@/parts/jobs/rights";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { GearPanel } from "../GearPanel";
import { BatchForm } from "./BatchForm";
import type { Target } from "./batch";

const FROM = "/inside/framed/batch/new";

/** What a batch is for: what was selected before, or all of the project or collection in the address. */
function useTargets(): Target[] {
  const { project, collection } = useSearch({ from: FROM });
  const picked = useRouterState({ select: ({ location }) => location.state.targets });
  return useMemo(() => {
    if (picked?.length) return picked.map(({ level, _id }) => ({ type: level, id: _id }));
    if (collection) return [{ type: "collection", id: collection }];
    return project ? [{ type: "project", id: project }] : [];
  }, [picked, collection, project]);
}

/** Runs one gear on many containers: which, set how, on what exactly, then all at once. */
export function NewBatchPage() {
  const targets = useTargets();
  useCrumbs([
    { label: t("Jobs"), href: "/jobs" },
    { label: t("Batches"), href: "/batch" },
    { label: t("New") },
  ]);
  return (
    <Page>
      <PageHead title={t("Run gear on many")} about={<About targets={targets} />} />
      {targets.length === 0 ? (
        <Message title={t("On what?")}>
          {t("Select sessions in a project, a collection or a search result, then choose “Run gear” there.")}
        </Message>
      ) : (
        <Choice targets={targets} />
      )}
    </Page>
  );
}

function About({ targets }: { targets: Target[] }) {
  const [first] = targets;
  const whole = first?.type === "project" || first?.type === "collection" ? first : undefined;
  const single = whole && targets.length === 1;
  const { data } = useQuery({
    ...containerQuery(whole?.type === "collection" ? "collections" : "projects", whole?.id ?? ""),
    enabled: Boolean(single),
  });
  if (!first) return " ";
  if (!single) return t("for {targets}", { targets: countOf(targets.length, first.type) });
  const label = data?.label ?? "…";
  return first.type === "collection"
    ? t("in the whole collection {label}", { label })
    : t("in the whole project {label}", { label });
}

function Choice({ targets }: { targets: Target[] }) {
  const { gear: id, project } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/batch/new" });
  const may = useMay(project);
  const found = useQuery(gearsQuery(project));
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("gear list")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading rows={4} />;
  // Across projects the server says where one may run it.
  const gears = found.data.results.filter((one) => !project || mayRun(may, one.category));
  const gear = gears.find((one) => one._id === id);
  return (
    <>
      <GearPanel
        gears={gears}
        gear={gear}
        onChange={(next) =>
          void navigate({ search: (old) => ({ ...old, gear: next }), state: true, replace: true })
        }
      />
      {gear ? <BatchForm key={gear._id} gear={gear} targets={targets} /> : null}
    </>
  );
}
