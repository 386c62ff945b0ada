namespace Traxxs.Protocol.Tests;

[TestClass]
public class CellModelTests
{
    private static readonly ushort[] Even = [21845, 21845, 21846];
    private static readonly ushort[] Sticky = [60000, 4000, 1536, 1536, 60000, 4000, 4000, 1536, 60000];

    [TestMethod]
    public void Every_number_has_a_share_wherever_the_curves_stand()
    {
        var random = new Random(31);
        for (var i = 0; i < 40; i++)
        {
            var model = new CellModel(-3000, 6001, Even, Sticky);
            model.Start();
            for (var state = 0; state < 3; state++) model.Shape(state, random.Next(-20_000, 20_000), random.Next(-20, 300));
            Assert.AreEqual(0, model.ShareBelow(model.Lowest));
            for (var value = model.Lowest; value < model.Escape; value++)
            {
                if (model.ShareBelow(value + 1) <= model.ShareBelow(value)) Assert.Fail($"model {i}: {value} has no share");
            }

            Assert.AreEqual(SymbolCoder.Whole - CellModel.EscapeShare, model.ShareBelow(model.Escape));
        }
    }

    [TestMethod]
    public void A_curve_has_the_share_that_the_normal_distribution_gives_it()
    {
        var model = new CellModel(-1000, 2001, [65535, 1], null!);
        model.Start();
        model.Shape(0, 10, CellModel.ScaleOfOne + 4 * CellModel.ScalesPerOctave); // a standard deviation of 16
        double Share(int from, int to) => (model.ShareBelow(to + 1) - model.ShareBelow(from)) / (double)SymbolCoder.Whole;
        Assert.AreEqual(0.6827, Share(10 - 16, 10 + 15), 0.015);
        Assert.AreEqual(0.9545, Share(10 - 32, 10 + 31), 0.01);
        Assert.AreEqual(0.0249, Share(10, 10), 0.001);
    }

    [TestMethod]
    public void The_curve_that_foresaw_gains_and_one_that_did_not_can_come_back()
    {
        var model = new CellModel(-1000, 2001, Even, Sticky);
        model.Start();
        int Near(int middle) => model.ShareBelow(middle + 3) - model.ShareBelow(middle - 2);
        void See(int value)
        {
            model.Step();
            for (var state = 0; state < 3; state++) model.Shape(state, (state - 1) * 300, CellModel.ScaleOfOne + 8);
            model.Learn(value);
        }

        See(-300);
        var before = Near(300);
        See(300);
        See(301);
        Assert.IsGreaterThan(before * 10, Near(300));
        See(-301);
        See(-300);
        Assert.IsGreaterThan(Near(300) * 10, Near(-300));
    }

    [TestMethod]
    public void A_number_out_of_reach_of_every_curve_teaches_nothing()
    {
        var model = new CellModel(-8000, 16001, Even, Sticky);
        model.Start();
        for (var state = 0; state < 3; state++) model.Shape(state, -7000, 0);
        var before = model.ShareBelow(-6999);
        model.Learn(7999);
        Assert.AreEqual(before, model.ShareBelow(-6999));
    }
}
