// A component that renders again only when one of its props is another value. (preact/compat has
// this too, with more than is needed here.)
import { Component, createElement, type FunctionComponent } from "preact";

export function memo<P extends object>(render: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof P>;
      for (const name of names) {
        // Callbacks made anew at each render do the same as before.
        if (typeof next[name] === "function") continue;
        if (!Object.is(next[name], (this.props as P)[name])) return true;
      }
      return false;
    }
    override render() {
      return createElement(render, this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
