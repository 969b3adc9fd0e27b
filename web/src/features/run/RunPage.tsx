import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "@/api/client";
import { type Gear, gearQuery, gearsQuery } from "@/api/gears";
import { jobQuery } from "@/api/jobs";
import { LIVE } from "@/api/queries";
import { useMay } from "@/api/rights";
import type { Parents } from "@/api/types";
import { levelWord } from "@/i18n/levels";
import { t } from "@/i18n/text";
import { mayRun } from "@/parts/jobs/rights";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { GearPanel } from "./GearPanel";
import { RunForm } from "./RunForm";
import { suggestQuery } from "./suggest";

interface Target {
  _id: string;
  label: string;
  container_type: string;
  parents: Parents;
}

const targetQuery = (id: string) => ({
  queryKey: [LIVE, "containers", id],
  queryFn: () => api.get<Target>(`/containers/${encodeURIComponent(id)}`),
});

/** Starts a gear for a container: which one, with which files, set how. */
export function RunPage() {
  const { target: id } = useSearch({ from: "/inside/framed/run" });
  const found = useQuery({ ...targetQuery(id ?? ""), enabled: Boolean(id) });
  useCrumbs([{ label: t("Run gear") }]);
  return (
    <Page>
      <PageHead
        title={t("Run gear")}
        about={
          found.data
            ? t("for the {level} {label}", {
                level: levelWord(found.data.container_type),
                label: found.data.label || t("untitled"),
              })
            : " "
        }
      />
      {id === undefined ? (
        <Message title={t("On what?")}>
          {t("Open a session, an acquisition or a file, then choose “Run gear” there.")}
        </Message>
      ) : null}
      {found.error && !found.data ? (
        <Failure error={found.error} what={t("container")} onRetry={() => void found.refetch()} />
      ) : null}
      {id && found.isPending ? <Loading /> : null}
      {found.data ? <Choice target={found.data} /> : null}
    </Page>
  );
}

function Choice({ target }: { target: Target }) {
  const { gear: id, file, again } = useSearch({ from: "/inside/framed/run" });
  const navigate = useNavigate({ from: "/run" });
  const project = target.container_type === "project" ? target._id : target.parents.project;
  const may = useMay(project);
  const found = useQuery(gearsQuery(project ?? undefined));
  const isOlder = id !== undefined && found.data?.results.some((one) => one._id === id) === false;
  const older = useQuery({ ...gearQuery(id ?? ""), enabled: isOlder });
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("gear list")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading rows={4} />;
  const newest = found.data.results;
  const gears = (older.data ? [...newest, older.data] : newest).filter((one) => mayRun(may, one.category));
  const gear = gears.find((one) => one._id === id);
  return (
    <>
      <GearPanel
        gears={gears}
        gear={gear}
        onChange={(next) => void navigate({ search: (old) => ({ ...old, gear: next }), replace: true })}
      />
      {gear ? <Form key={gear._id} gear={gear} target={target} wanted={file} again={again} /> : null}
    </>
  );
}

interface FormProps {
  gear: Gear;
  target: Target;
  wanted: string | undefined;
  again: string | undefined;
}

function Form({ gear, target, wanted, again }: FormProps) {
  const before = useQuery({ ...jobQuery(again ?? ""), enabled: again !== undefined, staleTime: Infinity });
  const found = useQuery(suggestQuery(gear, target._id));
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("file list")} onRetry={() => void found.refetch()} />;
  if (before.error && !before.data)
    return <Failure error={before.error} what={t("job")} onRetry={() => void before.refetch()} />;
  if (!found.data || (again && !before.data)) return <Loading rows={4} />;
  const files = found.data.files;
  return <RunForm gear={gear} target={target} files={files} wanted={wanted} again={before.data} />;
}
