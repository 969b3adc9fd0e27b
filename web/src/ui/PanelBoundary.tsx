import { Component, type ReactNode } from "react";
import { Failure } from "./Failure";

/** Keeps a fault in one panel from blanking the page. */
export class PanelBoundary extends Component<{ what: string; children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <Failure
        error={this.state.error}
        what={this.props.what}
        onRetry={() => this.setState({ error: null })}
      />
    );
  }
}
