/* Hearing, docs/odd.md section 7.5, as one would write it by hand in C: the same keyed draws, the same arithmetic in
   the same order, the same memory as the kernel's `hear` (sim/mechanisms/dialogue.py). Compiled by hearing.py. */

#include <math.h>
#include <stdint.h>

enum { SMOOTH, STEP, FLAT };

struct circle {
    /* people */
    const int16_t *group;
    const uint64_t *key;
    const double *openness, *tolerance, *engagement;
    double *views, *trust, *picture, *certainty, *heard;
    /* this session */
    const uint64_t *key_today;
    const int8_t *live;
    const double *fluency, *carries;
    double *heard_today, *flow;
    const int32_t *members;
    /* what is said */
    const int32_t *speaker;
    const int16_t *issue;
    const double *said;
    int64_t size, contributions, groups, issues, kernel, misheard;
    double learning, influence, noise, trust_gain;
};

static inline uint64_t bits(uint64_t key, uint64_t decision, uint64_t occasion)
{
    uint64_t x = key + 0x9E3779B97F4A7C15u * ((decision << 40) + occasion + 1);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static inline double triangle(uint64_t key, uint64_t decision, uint64_t occasion)
{
    uint64_t z = bits(key, decision, occasion);
    return (double)((z >> 32) + (z & 0xFFFFFFFFu) + 1) * 0x1p-32 - 1.0;
}

static inline double clipped(double x) { return x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x; }

static inline double persuasion(double distance, double tolerance, int64_t kernel)
{
    if (kernel == FLAT) return 1.0;
    if (distance > tolerance) return 0.0;
    if (kernel == STEP) return 1.0;
    double near = 1.0 - (distance / tolerance) * (distance / tolerance);
    return near * near;
}

static void hear(const struct circle *c, int64_t n)
{
    const int64_t G = c->groups, K = c->issues, s = c->speaker[n], k = c->issue[n], g = c->group[s];
    const double voiced = c->said[n];
    double received = 0.0;
    for (int64_t m = 0; m < c->size; m++) {
        const int64_t i = c->members[m];
        if (i == s) continue;
        const double mine = c->carries[c->live[i]], theirs = c->carries[c->live[s]];
        const double fidelity = mine < theirs ? mine : theirs;
        const double attends = c->engagement[i] * fidelity * c->fluency[i];
        const double scale = c->noise * (1.0 - fidelity);
        double heard = voiced;
        if (scale > 0.0) heard = clipped(voiced + scale * triangle(c->key_today[i] ^ c->key[s], c->misheard, n));
        const double a = c->learning * attends;
        if (a > 0.0) {
            double *p = c->picture + (i * G + g) * K + k, *sure = c->certainty + (i * G + g) * K + k;
            *p += a / (a + *sure * (1.0 - a)) * (heard - *p);
            *sure += a * (1.0 - *sure);
        }
        double *view = c->views + i * K + k, *trust = c->trust + i * G + g;
        const double apart = heard - *view;
        const double near = persuasion(fabs(apart), c->tolerance[i], c->kernel);
        *view += c->influence * c->openness[i] * *trust * attends * near * apart;
        const double seen = fidelity * c->openness[s] + (1.0 - fidelity) * c->openness[i];
        *trust += c->trust_gain * attends * (seen - *trust);
        c->flow[g * G + c->group[i]] += attends;
        received += attends;
    }
    c->heard[s] += received;
    c->heard_today[s] += received;
}

void hear_everything(const struct circle *c)
{
    for (int64_t n = 0; n < c->contributions; n++) hear(c, n);
}
