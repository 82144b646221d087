"""The exact sum of numbers, rounded once, as Python's ``math.fsum`` has it: in LLVM's text.

The algorithm is that of `math.fsum` (Shewchuk, Discrete & Computational Geometry 18, 1997): partial sums that do not
overlap, of which there are never more than 40 or so; each new number is added to all of them without error.
"""

FSUM = """
define internal double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow) noinline {
entry:
  %partials = alloca [64 x double]
  %kept = alloca i64
  %sum = alloca double
  %special = alloca double
  %infinite = alloca double
  store i64 0, ptr %kept
  store double 0.0, ptr %special
  store double 0.0, ptr %infinite
  br label %numbers.next
numbers.next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %numbers.done ]
  %is_last = icmp eq i64 %i, %count
  br i1 %is_last, label %total, label %number
number:
  %place = getelementptr double, ptr %numbers, i64 %i
  %x = load double, ptr %place
  store double %x, ptr %sum
  %before = load i64, ptr %kept
  store i64 0, ptr %kept
  br label %partials.next
partials.next:
  %j = phi i64 [ 0, %number ], [ %j.next, %partials.done ]
  %is_end = icmp eq i64 %j, %before
  br i1 %is_end, label %keep, label %partial
partial:
  %of = getelementptr double, ptr %partials, i64 %j
  %a = load double, ptr %sum
  %b = load double, ptr %of
  %a.size = call double @llvm.fabs.f64(double %a)
  %b.size = call double @llvm.fabs.f64(double %b)
  %is_smaller = fcmp olt double %a.size, %b.size
  %large = select i1 %is_smaller, double %b, double %a
  %small = select i1 %is_smaller, double %a, double %b
  %high = fadd double %large, %small
  %took = fsub double %high, %large
  %low = fsub double %small, %took
  store double %high, ptr %sum
  %is_inexact = fcmp une double %low, 0.0
  br i1 %is_inexact, label %rest, label %partials.done
rest:
  %n = load i64, ptr %kept
  %to = getelementptr double, ptr %partials, i64 %n
  store double %low, ptr %to
  %n.next = add i64 %n, 1
  store i64 %n.next, ptr %kept
  br label %partials.done
partials.done:
  %j.next = add i64 %j, 1
  br label %partials.next
keep:
  %s = load double, ptr %sum
  %is_something = fcmp une double %s, 0.0
  br i1 %is_something, label %check, label %numbers.done
check:
  %s.size = call double @llvm.fabs.f64(double %s)
  %is_finite = fcmp olt double %s.size, 0x7FF0000000000000
  br i1 %is_finite, label %append, label %not_finite
append:
  %m = load i64, ptr %kept
  %at = getelementptr double, ptr %partials, i64 %m
  store double %s, ptr %at
  %m.next = add i64 %m, 1
  store i64 %m.next, ptr %kept
  br label %numbers.done
not_finite:
  %x.size = call double @llvm.fabs.f64(double %x)
  %x.is_finite = fcmp olt double %x.size, 0x7FF0000000000000
  br i1 %x.is_finite, label %overflows, label %note
overflows:
  store i1 true, ptr %overflow
  ret double 0x7FF8000000000000
note:
  %x.is_infinite = fcmp oeq double %x.size, 0x7FF0000000000000
  %x.infinite = select i1 %x.is_infinite, double %x, double 0.0
  %infinite.old = load double, ptr %infinite
  %infinite.new = fadd double %infinite.old, %x.infinite
  store double %infinite.new, ptr %infinite
  %special.old = load double, ptr %special
  %special.new = fadd double %special.old, %x
  store double %special.new, ptr %special
  store i64 0, ptr %kept
  br label %numbers.done
numbers.done:
  %i.next = add i64 %i, 1
  br label %numbers.next
total:
  %special.sum = load double, ptr %special
  %is_special = fcmp une double %special.sum, 0.0
  br i1 %is_special, label %return_special, label %ordinary
return_special:
  ret double %special.sum
ordinary:
  %k = load i64, ptr %kept
  %is_none = icmp eq i64 %k, 0
  br i1 %is_none, label %nothing, label %top
nothing:
  ret double 0.0
top:
  %last = sub i64 %k, 1
  %top.place = getelementptr double, ptr %partials, i64 %last
  %top.number = load double, ptr %top.place
  br label %down
down:
  %left = phi i64 [ %last, %top ], [ %left.next, %below ]
  %hi = phi double [ %top.number, %top ], [ %hi.next, %below ]
  %is_bottom = icmp eq i64 %left, 0
  br i1 %is_bottom, label %exact, label %below
exact:
  ret double %hi
below:
  %left.next = sub i64 %left, 1
  %y.place = getelementptr double, ptr %partials, i64 %left.next
  %y = load double, ptr %y.place
  %hi.next = fadd double %hi, %y
  %y.took = fsub double %hi.next, %hi
  %lo = fsub double %y, %y.took
  %is_rest = fcmp une double %lo, 0.0
  br i1 %is_rest, label %round, label %down
round:
  %is_all = icmp eq i64 %left.next, 0
  br i1 %is_all, label %as_is, label %look
look:
  %next.index = sub i64 %left.next, 1
  %next.place = getelementptr double, ptr %partials, i64 %next.index
  %next = load double, ptr %next.place
  %next.sign = call double @llvm.copysign.f64(double 1.0, double %next)
  %lo.sign = call double @llvm.copysign.f64(double 1.0, double %lo)
  %is_same_side = fcmp oeq double %next.sign, %lo.sign
  %twice = fmul double %lo, 2.0
  %other = fadd double %hi.next, %twice
  %other.took = fsub double %other, %hi.next
  %is_tie = fcmp oeq double %other.took, %twice
  %is_up = and i1 %is_same_side, %is_tie
  %rounded = select i1 %is_up, double %other, double %hi.next
  ret double %rounded
as_is:
  ret double %hi.next
}

define internal double @fsum(ptr %numbers, i64 %count) {
  %overflow = alloca i1
  %sum = call double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow)
  ret double %sum
}

define internal i1 @fsum.overflows(ptr %numbers, i64 %count) {
  %overflow = alloca i1
  store i1 false, ptr %overflow
  %sum = call double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow)
  %is_overflow = load i1, ptr %overflow
  ret i1 %is_overflow
}
"""


def sums_of_lists(lanes: int) -> str:
    """The functions of long lists that rest on their exact sum, which they get quickly, and the sum itself.

    Each lane adds up what it meets, and what was lost in doing so (Ogita, Rump and Oishi, SIAM Journal on Scientific
    Computing 26, 2005, algorithm 4.4). Only that second sum is rounded; where its error, which is no larger than the
    number of additions times the sum of its terms' sizes times 2 ** -53, could change the rounded result, or a sum is
    not finite, the numbers are added up as `math.fsum` does it.
    """
    vector, mask = f"<{lanes} x double>", -lanes
    stores = "\n".join(
        f"  %s.{i} = extractelement {vector} %sum.next, i64 {i}\n"
        f"  %c.{i} = extractelement {vector} %lost.next, i64 {i}\n"
        f"  %a.{i} = extractelement {vector} %size.next, i64 {i}\n"
        f"  %s.{i}.to = getelementptr double, ptr %parts, i64 {2 + 2 * i}\n"
        f"  store double %s.{i}, ptr %s.{i}.to\n"
        f"  %c.{i}.to = getelementptr double, ptr %parts, i64 {3 + 2 * i}\n"
        f"  store double %c.{i}, ptr %c.{i}.to\n"
        f"  %t.{i} = fadd double {f'%t.{i - 1}' if i else '0.0'}, %a.{i}"
        for i in range(lanes)
    )
    return f"""
define internal double @fsum.long(ptr %numbers, i64 %count, ptr %overflow) noinline {{
entry:
  %parts = alloca [{3 * lanes + 2} x double]
  %whole = and i64 %count, {mask}
  %is_long = icmp sgt i64 %count, {8 * lanes}
  br i1 %is_long, label %next, label %exactly
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %sum = phi {vector} [ zeroinitializer, %entry ], [ %sum.next, %next ]
  %lost = phi {vector} [ zeroinitializer, %entry ], [ %lost.next, %next ]
  %size = phi {vector} [ zeroinitializer, %entry ], [ %size.next, %next ]
  %place = getelementptr double, ptr %numbers, i64 %i
  %x = load {vector}, ptr %place, align 8
  %sum.next = fadd {vector} %sum, %x
  %part = fsub {vector} %sum.next, %sum
  %of_sum = fsub {vector} %sum.next, %part
  %sum.lost = fsub {vector} %sum, %of_sum
  %x.lost = fsub {vector} %x, %part
  %rest = fadd {vector} %sum.lost, %x.lost
  %lost.next = fadd {vector} %lost, %rest
  %rest.size = call {vector} @llvm.fabs.v{lanes}f64({vector} %rest)
  %size.next = fadd {vector} %size, %rest.size
  %i.next = add i64 %i, {lanes}
  %is_more = icmp slt i64 %i.next, %whole
  br i1 %is_more, label %next, label %parts.listed
parts.listed:
{stores}
  br label %others
others:
  %j = phi i64 [ %whole, %parts.listed ], [ %j.next, %other ]
  %is_last = icmp eq i64 %j, %count
  br i1 %is_last, label %bound, label %other
other:
  %from = getelementptr double, ptr %numbers, i64 %j
  %y = load double, ptr %from
  %at = sub i64 %j, %whole
  %at.part = add i64 %at, {2 * lanes + 2}
  %to = getelementptr double, ptr %parts, i64 %at.part
  store double %y, ptr %to
  %j.next = add i64 %j, 1
  br label %others
bound:
  %left = sub i64 %count, %whole
  %listed = add i64 %left, {2 * lanes + 1}
  %n = sitofp i64 %count to double
  %share = fmul double %t.{lanes - 1}, 0x3CB0000000000000
  %error = fmul double %share, %n
  %up = getelementptr double, ptr %parts, i64 1
  store double %error, ptr %up
  %above = call double @fsum.noting(ptr %up, i64 %listed, ptr %overflow)
  %down = fneg double %error
  store double %down, ptr %up
  %below = call double @fsum.noting(ptr %up, i64 %listed, ptr %overflow)
  %is_sure = fcmp oeq double %above, %below
  %distance = fsub double %above, %above
  %is_finite = fcmp oeq double %distance, 0.0
  %is_done = and i1 %is_sure, %is_finite
  br i1 %is_done, label %done, label %exactly
done:
  ret double %above
exactly:
  store i1 false, ptr %overflow
  %exact = call double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow)
  ret double %exact
}}

define internal double @list.mean(ptr %numbers, i64 %count) {{
entry:
  %overflow = alloca i1
  store i1 false, ptr %overflow
  %n = sitofp i64 %count to double
  %sum = call double @fsum.long(ptr %numbers, i64 %count, ptr %overflow)
  %is_overflow = load i1, ptr %overflow
  br i1 %is_overflow, label %next, label %ordinary
ordinary:
  %mean = fdiv double %sum, %n
  ret double %mean
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %place = getelementptr double, ptr %numbers, i64 %i
  %x = load double, ptr %place
  %share = fdiv double %x, %n
  store double %share, ptr %place
  %i.next = add i64 %i, 1
  %is_more = icmp slt i64 %i.next, %count
  br i1 %is_more, label %next, label %shares
shares:
  %sum.of.shares = call double @fsum.long(ptr %numbers, i64 %count, ptr %overflow)
  ret double %sum.of.shares
}}
"""


def logsumexp(difference: str, differences: str, lanes: int) -> str:
    """The logarithm of a sum of exponentials of a list, which it overwrites.

    Args:
        difference: the call for the exponential of a difference.
        differences: the same on vectors.
        lanes: how many numbers a vector has.
    """
    vector, mask = f"<{lanes} x double>", -lanes
    largest = "\n".join(
        f"  %m.{i} = extractelement {vector} %larger.of.each, i64 {i}\n"
        f"  %m.{i}.is_less = fcmp olt double %n.{i}, %m.{i}\n"
        f"  %n.{i + 1} = select i1 %m.{i}.is_less, double %m.{i}, double %n.{i}"
        for i in range(lanes)
    )
    return f"""
define internal double @list.logsumexp(ptr %numbers, i64 %count) {{
entry:
  %overflow = alloca i1
  %whole = and i64 %count, {mask}
  %is_wide = icmp sgt i64 %whole, 0
  %is_all = icmp eq i64 %whole, %count
  br i1 %is_wide, label %several, label %next
several:
  %k = phi i64 [ 0, %entry ], [ %k.next, %several ]
  %largest.of.each = phi {vector} [ splat (double 0xFFF0000000000000), %entry ], [ %larger.of.each, %several ]
  %any.nan = phi <{lanes} x i1> [ zeroinitializer, %entry ], [ %any.nan.next, %several ]
  %places = getelementptr double, ptr %numbers, i64 %k
  %xs = load {vector}, ptr %places, align 8
  %are_larger = fcmp ogt {vector} %xs, %largest.of.each
  %larger.of.each = select <{lanes} x i1> %are_larger, {vector} %xs, {vector} %largest.of.each
  %are_nan = fcmp uno {vector} %xs, zeroinitializer
  %any.nan.next = or <{lanes} x i1> %any.nan, %are_nan
  %k.next = add i64 %k, {lanes}
  %are_more.still = icmp slt i64 %k.next, %whole
  br i1 %are_more.still, label %several, label %joined
joined:
  %nans = bitcast <{lanes} x i1> %any.nan.next to i{lanes}
  %is_nan.there = icmp ne i{lanes} %nans, 0
  %n.0 = select i1 %is_nan.there, double 0x7FF8000000000000, double 0xFFF0000000000000
{largest}
  br i1 %is_all, label %look, label %next
next:
  %i = phi i64 [ 0, %entry ], [ %whole, %joined ], [ %i.next, %next ]
  %largest = phi double [ 0xFFF0000000000000, %entry ], [ %n.{lanes}, %joined ], [ %larger, %next ]
  %place = getelementptr double, ptr %numbers, i64 %i
  %x = load double, ptr %place
  %is_larger = fcmp ogt double %largest, %x
  %is_nan = fcmp uno double %largest, 0.0
  %stays = or i1 %is_larger, %is_nan
  %larger = select i1 %stays, double %largest, double %x
  %i.next = add i64 %i, 1
  %is_more = icmp slt i64 %i.next, %count
  br i1 %is_more, label %next, label %look
look:
  %top = phi double [ %n.{lanes}, %joined ], [ %larger, %next ]
  %size = call double @llvm.fabs.f64(double %top)
  %is_finite = fcmp olt double %size, 0x7FF0000000000000
  br i1 %is_finite, label %search, label %other
other:
  ret double %top
search:
  %first = phi i64 [ 0, %look ], [ %first.next, %search ]
  %first.place = getelementptr double, ptr %numbers, i64 %first
  %candidate = load double, ptr %first.place
  %first.next = add i64 %first, 1
  %is_it = fcmp oeq double %candidate, %top
  br i1 %is_it, label %found, label %search
found:
  %tops.first = insertelement {vector} poison, double %top, i64 0
  %tops = shufflevector {vector} %tops.first, {vector} poison, <{lanes} x i32> zeroinitializer
  br i1 %is_wide, label %terms, label %term
terms:
  %l = phi i64 [ 0, %found ], [ %l.next, %terms ]
  %terms.place = getelementptr double, ptr %numbers, i64 %l
  %ys = load {vector}, ptr %terms.place, align 8
  %powers = {differences.format("%ys", "%tops")}
  store {vector} %powers, ptr %terms.place, align 8
  %l.next = add i64 %l, {lanes}
  %are_more = icmp slt i64 %l.next, %whole
  br i1 %are_more, label %terms, label %rest
rest:
  br i1 %is_all, label %add, label %term
term:
  %j = phi i64 [ 0, %found ], [ %whole, %rest ], [ %j.next, %term ]
  %term.place = getelementptr double, ptr %numbers, i64 %j
  %y = load double, ptr %term.place
  %power = {difference.format("%y", "%top")}
  store double %power, ptr %term.place
  %j.next = add i64 %j, 1
  %is_more.still = icmp slt i64 %j.next, %count
  br i1 %is_more.still, label %term, label %add
add:
  store double 0.0, ptr %first.place
  %sum = call double @fsum.long(ptr %numbers, i64 %count, ptr %overflow)
  %logarithm = call double @libm.log1p(double %sum)
  %result = fadd double %top, %logarithm
  ret double %result
}}
"""
