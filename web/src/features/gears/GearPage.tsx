import { Anchor, Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { type Gear, suiteOf, useIsDeveloper, versionsQuery } from "@/api/gears";
import { useChange } from "@/api/useChange";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import { ManifestPanels } from "./ManifestPanels";
import { RestrictionPanel } from "./RestrictionPanel";

/** One version of a gear: what it needs, what it can be told, who may run it. */
export function GearPage() {
  const { name, version } = useParams({ from: "/inside/framed/gears/$name/$version" });
  const found = useQuery(versionsQuery(name));
  const versions = found.data?.results ?? [];
  const shown = versions.find((one) => one.gear.version === version);
  useCrumbs([{ label: "Gears", href: "/gears" }, { label: shown?.gear.label ?? name }]);
  if (found.error && !found.data)
    return <Failure error={found.error} what="gear" onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  if (!shown)
    return (
      <Message title="This version of the gear is not here" alert>
        It may have been disabled, or you may not be allowed to run it.
      </Message>
    );
  const { gear, category } = shown;
  return (
    <Page>
      <PageHead
        title={gear.label}
        kind={`Gear, ${category}`}
        about={
          <>
            <span className="mono">{gear.name}</span> {gear.version}
          </>
        }
        mark={shown.disabled ? <StateMark state="off" words="disabled" /> : null}
        actions={<Enabling key={shown._id} shown={shown} />}
      />
      <Columns
        main={
          <>
            <Panel title="What it does">
              <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{gear.description}</Text>
            </Panel>
            <ManifestPanels manifest={gear} />
          </>
        }
        side={
          <>
            <Panel title="About">
              <Facts
                facts={[
                  ["Suite", suiteOf(shown)],
                  ["Author", gear.author],
                  ["Maintainer", gear.maintainer],
                  ["Licence", gear.license],
                  ["Home page", <Address key="url" url={gear.url} />],
                  ["Source", <Address key="source" url={gear.source} />],
                  ["Cite", gear.cite],
                  ["Needs", gear.capabilities?.join(", ")],
                  ["Added", dateTime(shown.created)],
                  [
                    "Content",
                    <span key="content" className="mono" style={{ overflowWrap: "anywhere" }}>
                      {shown.exchange?.["rootfs-url"] ?? gear.custom?.["gear-builder"]?.image ?? "none"}
                    </span>,
                  ],
                ]}
              />
            </Panel>
            <Versions versions={versions} here={version} />
            <RestrictionPanel name={gear.name} />
          </>
        }
      />
    </Page>
  );
}

/** Only web addresses become links: a manifest is a stranger's. */
function Address({ url }: { url: string }) {
  return /^https?:\/\//i.test(url) ? (
    <Anchor href={url} target="_blank" rel="noreferrer" style={{ overflowWrap: "anywhere" }}>
      {url}
    </Anchor>
  ) : (
    url
  );
}

function Enabling({ shown }: { shown: Gear }) {
  const developer = useIsDeveloper();
  const path = `/gears/${shown._id}`;
  const change = useChange(() => (shown.disabled ? api.post(`${path}/enable`) : api.delete(path)), ["gears"]);
  if (!developer) return null;
  return (
    <Button
      variant="default"
      title={shown.disabled ? undefined : "No new runs of this version; what ran stays"}
      loading={change.isPending}
      onClick={() => change.mutate(undefined)}
    >
      {shown.disabled ? "Enable" : "Disable"}
    </Button>
  );
}

function Versions({ versions, here }: { versions: Gear[]; here: string }) {
  return (
    <Panel title="Versions" flush>
      <SimpleTable
        label="Versions"
        rows={versions}
        rowKey={(row) => row._id}
        columns={[
          {
            head: "Version",
            cell: ({ gear: { name, version }, disabled }) => (
              <>
                {version === here ? (
                  <b>{version}</b>
                ) : (
                  <Link to="/gears/$name/$version" params={{ name, version }}>
                    {version}
                  </Link>
                )}
                {disabled ? " (disabled)" : ""}
              </>
            ),
          },
          { head: "Added", cell: (row) => dateTime(row.created) },
        ]}
      />
    </Panel>
  );
}
