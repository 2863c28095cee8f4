// @ts-check
/**
 * Put into every page of the window before its own scripts: hears what goes to the loudspeaker, with an analyser beside
 * whatever is joined to it. A plain script, since a page that was loaded anew must be heard from its first sound.
 * @typedef {{ analyser: AnalyserNode, context: BaseAudioContext }} Ear
 */

{
  /** @type {Ear[]} */
  const ears = [];
  /** @type {any} */ (globalThis).__ears = ears;
  const join = AudioNode.prototype.connect;
  /** @type {any} */ (AudioNode.prototype).connect = function (/** @type {any[]} */ ...to) {
    if (to[0] instanceof AudioDestinationNode && !(this instanceof AnalyserNode)) {
      const analyser = new AnalyserNode(this.context, { fftSize: 4096, smoothingTimeConstant: 0 });
      join.call(this, analyser);
      ears.push({ analyser, context: this.context });
    }
    return /** @type {any} */ (join).apply(this, to);
  };
}
