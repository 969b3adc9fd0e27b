import type { ReactNode } from "react";
import { Facts } from "@/ui/Facts";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { type Effective, levelWords } from "./deid";

/** Which profile files that come here go through. */
export function EffectivePanel({ found }: { found: Effective }) {
  const profile = found.profile;
  return (
    <Panel title="What applies" aside={<Mark found={found} />}>
      {profile ? (
        <Facts
          facts={[
            ["Profile", profile.name || "without a name"],
            ["Set at", levelWords(profile)],
            ["Version", profile.version],
            ["Since", dateTime(profile.created)],
            ["Locked", profile.locked ? "yes: below, only stricter ones count" : null],
            ["Hash", <Hash key="hash" text={profile.sha256 ?? ""} />],
          ]}
        />
      ) : (
        <p className="dim" style={{ margin: 0 }}>
          {found.required
            ? "This site demands a profile and there is none: uploads are refused until one is saved here, for the group or for the site."
            : "No profile is set: what is uploaded is stored as it comes, with everything its headers say."}
        </p>
      )}
    </Panel>
  );
}

function Mark({ found }: { found: Effective }): ReactNode {
  if (found.exempt) return <StateMark state="warn" words="exempt" />;
  if (found.profile) return <StateMark state="ok" words="de-identified" />;
  return found.required ? (
    <StateMark state="bad" words="uploads refused" />
  ) : (
    <StateMark state="warn" words="PHI risk" />
  );
}

const Hash = ({ text }: { text: string }) => (
  <span className="mono" title={text}>
    {text.slice(0, 12)}
  </span>
);
